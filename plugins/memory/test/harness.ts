import { mkdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { Event, Origin, Shell } from '@prefish/core';
import { testShell as startTestShell, type LineResult } from '@prefish/testing';
import { onTestFinished } from 'vitest';
import { memory, type MemoryOptions } from '../src/index.ts';

/** A shell with the `#` prefix alone, in the top folder of a repository, closed when the test ends. */
export interface TestShell {
  readonly shell: Shell;
  /** The top folder of the repository. */
  readonly root: string;
  /** Where locks and records go. */
  readonly state: string;
  readonly home: string;
  readonly events: readonly Event[];
  /** The choices of each question that was asked, the chosen one being the first that holds `answer`. */
  readonly asked: readonly (readonly string[])[];
  run(line: string): Promise<LineResult>;
}

/** What surrounds the shell. */
export interface TestShellOptions {
  /** Whether the folder is a repository. */
  readonly git?: boolean;
  readonly options?: Omit<MemoryOptions, 'folders'>;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether a person types the lines, at a terminal; which of the choices they take. Default: a script, which nobody watches. */
  readonly answer?: string;
  readonly origin?: Origin;
}

/** Starts a shell in `folder` of a new, empty repository. */
export async function testShell(
  folder = '',
  {
    git = true,
    options = {},
    env = {},
    answer,
    origin = answer === undefined ? 'script' : 'typed',
  }: TestShellOptions = {},
): Promise<TestShell> {
  const asked: (readonly string[])[] = [];
  const t = await startTestShell({
    cwd: join('repository', folder),
    env,
    plugins: ({ home }) => [memory({ folders: { state: join(home, '.state') }, ...options })],
    terminal: answer !== undefined,
    answers:
      answer === undefined
        ? 'nobody'
        : ({ kind, choices }) => {
            if (kind === 'confirm') return true;
            asked.push(choices);
            return choices.find((choice) => choice.includes(answer));
          },
  });
  onTestFinished(() => t.close());
  const root = resolve(t.cwd, relative(folder, ''));
  if (git) await mkdir(join(root, '.git'));
  return {
    shell: t.shell,
    root,
    state: join(t.home, '.state'),
    home: t.home,
    events: t.events,
    asked,
    run: (line) => t.submit(line, { origin }),
  };
}
