import type { GitOptions } from '../../repositories/git.ts';

/** A task's copy of the work tree. */
export interface TaskTree {
  /** Where this process finds its files. */
  readonly path: string;
  /** Where programs find it that are started behind {@link enter}: git, and the sandbox. */
  readonly place: string;
  /** What such a program is started with; nothing where the tree is there for everybody. */
  readonly enter: readonly string[];
  /** The paths that went along with it already, and need not be copied. */
  readonly carried: readonly string[];
  /** Lets go of it. What the task wrote is then to be found nowhere; its folder remains to be removed. */
  close(): Promise<void>;
}

/** What git is told to work in a task's tree. */
export function gitIn({ place, enter }: TaskTree): Pick<GitOptions, 'workTree' | 'enter'> {
  return { workTree: place, enter };
}
