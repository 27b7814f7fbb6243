import type { RunContext } from '@prefish/core';
import { applyingFiles, describeReach, type Reach } from './applying-files.ts';
import { findTarget } from './find-target.ts';
import { displayPath, exists, repositoryRoot, type MemoryTarget, type WhereFrom } from './target.ts';
import { offeredUserFiles } from './user-files.ts';
import type { MemorySettings } from '../options.ts';

/** How a note says where it goes. */
export interface TargetWish {
  /** `--to` */
  readonly to?: string | undefined;
  /** `--ask` */
  readonly ask?: boolean | undefined;
}

interface Choice {
  readonly path: string;
  readonly reach: Reach;
  readonly agent?: string;
}

/** Finds out where a note goes. What a person chose holds for the notes of that repository until the shell ends. */
export class TargetChooser {
  readonly #settings: Pick<MemorySettings, 'default' | 'ask'>;
  readonly #chosen = new Map<string, string>();

  constructor(settings: Pick<MemorySettings, 'default' | 'ask'>) {
    this.#settings = settings;
  }

  /** The file for notes where nobody says or has chosen another. @throws PREFISH_DENIED */
  default(context: WhereFrom): MemoryTarget {
    return findTarget(this.#settings.default, context, repositoryRoot(context.cwd));
  }

  /** What was chosen in this shell for this repository, else the default. */
  current(context: WhereFrom): MemoryTarget {
    const chosen = this.#chosen.get(repositoryRoot(context.cwd));
    return chosen === undefined ? this.default(context) : findTarget(chosen, context);
  }

  /** @throws PREFISH_USAGE, PREFISH_DENIED; PREFISH_NO_TTY, PREFISH_INTERRUPTED when asked and not answered */
  async choose({ to, ask = false }: TargetWish, context: RunContext): Promise<MemoryTarget> {
    if (to !== undefined) return findTarget(to, context);
    const root = repositoryRoot(context.cwd);
    if (!ask && (this.#chosen.has(root) || !this.#mayAsk(context))) return this.current(context);
    const choices = this.#choices(context, ask);
    if (!ask && choices.length < 2) return this.current(context);
    const path = await select(choices, context);
    this.#chosen.set(root, path);
    return findTarget(path, context);
  }

  /** Only one who types is asked: a paste would go on into the question, and a script cannot answer. */
  #mayAsk({ origin, terminal }: RunContext): boolean {
    return this.#settings.ask && origin === 'typed' && terminal !== undefined;
  }

  /** The current target first; then, unless `all` are wanted, only files that exist. */
  #choices(context: RunContext, all: boolean): readonly Choice[] {
    const project = findTarget('project', context);
    // Of the project's files one is right, and one more is where an agent would not see that one.
    const applying = applyingFiles(context).filter(
      ({ path, reach }) => reach !== 'project' || path === project.path || path === project.hiddenBy?.path,
    );
    const offered: Choice[] = all
      ? [
          { path: project.path, reach: 'project' },
          ...applying.filter(({ path, reach }) => path !== project.path && /project|folder/.test(reach)),
          { path: findTarget('local', context).path, reach: 'local', agent: 'Claude Code' },
          ...offeredUserFiles(context).map(({ path, agent }): Choice => ({ path, reach: 'user', agent })),
        ]
      : [...applying];
    const { path } = this.current(context);
    const first = offered.find((choice) => choice.path === path) ?? { path, reach: 'project' };
    return [first, ...offered.filter((choice) => choice.path !== path)];
  }
}

async function select(choices: readonly Choice[], context: RunContext): Promise<string> {
  const rows = choices.map((choice) => {
    const name = displayPath(choice.path, context);
    return [name, describeReach(choice), ...(exists(choice.path) ? [] : ['new'])].join(' · ');
  });
  const chosen = await context.ask.select('Notes go to', rows);
  return choices[rows.indexOf(chosen)]!.path;
}
