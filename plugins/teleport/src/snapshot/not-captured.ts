/** Something of the work tree that a snapshot could not take along. */
export interface NotCaptured {
  readonly path: string;
  /**
   * `unreadable` · `special`: a pipe, a socket or a device · `nested-repository`: a repository inside this one
   * that cannot be read · `submodule`: likewise, and registered · `missing`: outside the sparse checkout of a
   * partial clone, so that it is on no disk here
   */
  readonly why: 'unreadable' | 'special' | 'nested-repository' | 'submodule' | 'missing';
  /** What git says about it. */
  readonly because?: string;
}

/** Sentences of git about what it could not read, in English. */
const sentences = [/^warning: could not open directory '(.*?)\/?': /gm, /^([^:\n]+): Permission denied$/gm];

/** What git said it could not look into. */
export function readUnreadable(stderr: string): NotCaptured[] {
  return sentences.flatMap((sentence) =>
    Array.from(stderr.matchAll(sentence), ([, path = '']): NotCaptured => ({ path, why: 'unreadable' })),
  );
}

/** The paths that a `.gitmodules` file names. */
export function submodulePaths(gitmodules: string): Set<string> {
  return new Set(Array.from(gitmodules.matchAll(/^\s*path\s*=\s*(.+?)\s*$/gm), (match) => match[1] ?? ''));
}
