import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createShell, type Event, type Origin, type Settled, type Shell } from '@prefish/core';
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
  run(line: string): Promise<Settled & { readonly message: string | undefined }>;
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
  const base = await realpath(await mkdtemp(join(tmpdir(), 'prefish-memory-')));
  onTestFinished(() => rm(base, { recursive: true, force: true }));
  const root = join(base, 'repository');
  await mkdir(join(root, folder), { recursive: true });
  if (git) await mkdir(join(root, '.git'));
  const state = join(base, 'state');
  const home = join(base, 'home');
  await mkdir(home);
  const events: Event[] = [];
  const asked: (readonly string[])[] = [];
  const shell = await createShell({
    plugins: [memory({ folders: { state }, ...options })],
    host: {
      event: (event) => events.push(event),
      ...(answer !== undefined && {
        terminal: { columns: 80, rows: 24 },
        ask: {
          confirm: async () => true,
          select: async (_message: string, choices: readonly string[]) => {
            asked.push(choices);
            return choices.find((choice) => choice.includes(answer))!;
          },
        },
      }),
    },
    cwd: join(root, folder),
    env: { PATH: process.env['PATH']!, HOME: home, ...env },
  });
  onTestFinished(() => shell.close());
  return {
    shell,
    root,
    state,
    home,
    events,
    asked,
    async run(line) {
      const settled = await shell.submit(line, { origin });
      const { result } = settled;
      const message = result instanceof Error || result.type !== 'ok' ? undefined : result.message;
      return { ...settled, message };
    },
  };
}
