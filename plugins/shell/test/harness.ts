import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createShell, type Event, type Exit, type Host, type Shell } from '@prefish/core';
import { onTestFinished } from 'vitest';
import { shell as shellPlugin } from '../src/index.ts';

/** What one line printed, and how it ended. */
export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: Exit;
  readonly events: readonly Event[];
}

/** A shell with the `!` prefix alone, closed when the test ends. */
export interface TestShell {
  readonly shell: Shell;
  readonly cwd: string;
  /** The events so far, of all lines. */
  readonly events: readonly Event[];
  run(line: string, signal?: AbortSignal): Promise<Ran>;
}

/** An empty folder, by its real path, removed when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'prefish-test-')));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Starts a shell in an empty folder, with `program` as the user's shell. */
export async function testShell(program = '/bin/bash', host: Host = {}): Promise<TestShell> {
  const cwd = await temporaryFolder();
  const events: Event[] = [];
  const shell = await createShell({
    plugins: [shellPlugin()],
    host: { ...host, event: (event) => events.push(event) },
    cwd,
    env: { PATH: process.env['PATH']!, HOME: cwd, SHELL: program, LC_ALL: 'C.UTF-8' },
  });
  onTestFinished(() => shell.close());
  return {
    shell,
    cwd,
    events,
    async run(line, signal) {
      const first = events.length;
      const { exit } = await shell.submit(line, signal ? { signal } : {});
      const own = events.slice(first);
      const text = (stream: string): string =>
        own.map((event) => (event.type === 'output' && event.stream === stream ? event.text : '')).join('');
      return { stdout: text('stdout'), stderr: text('stderr'), exit, events: own };
    },
  };
}

/** Resolves when `holds` does; fails after ten seconds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Never came true: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
