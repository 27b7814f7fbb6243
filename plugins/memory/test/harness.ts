import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createShell, type Event, type Settled, type Shell } from '@prefish/core';
import { onTestFinished } from 'vitest';
import { memory } from '../src/index.ts';

/** A shell with the `#` prefix alone, in the top folder of a repository, closed when the test ends. */
export interface TestShell {
  readonly shell: Shell;
  /** The top folder of the repository. */
  readonly root: string;
  /** Where locks and records go. */
  readonly state: string;
  readonly events: readonly Event[];
  run(line: string): Promise<Settled & { readonly message: string | undefined }>;
}

/** Starts a shell in `folder` of a new, empty repository. */
export async function testShell(
  folder = '',
  { git = true }: { readonly git?: boolean } = {},
): Promise<TestShell> {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'prefish-memory-')));
  onTestFinished(() => rm(base, { recursive: true, force: true }));
  const root = join(base, 'repository');
  await mkdir(join(root, folder), { recursive: true });
  if (git) await mkdir(join(root, '.git'));
  const state = join(base, 'state');
  const events: Event[] = [];
  const shell = await createShell({
    plugins: [memory({ folders: { state } })],
    host: { event: (event) => events.push(event) },
    cwd: join(root, folder),
    env: { HOME: join(base, 'home') },
  });
  onTestFinished(() => shell.close());
  return {
    shell,
    root,
    state,
    events,
    async run(line) {
      const settled = await shell.submit(line);
      const { result } = settled;
      const message = result instanceof Error || result.type !== 'ok' ? undefined : result.message;
      return { ...settled, message };
    },
  };
}
