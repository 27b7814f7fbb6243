import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  testShell as startTestShell,
  type HostExtras,
  type LineResult,
  type TestShell,
} from '@prefish/testing';
import { onTestFinished } from 'vitest';
import { shell as shellPlugin, type ShellOptions } from '../src/index.ts';

/** A shell with the `!` prefix alone, in an empty folder, with `program` as the user's shell; closed when the test ends. `files` are in the home before. */
export async function testShell(
  program = '/bin/bash',
  host: HostExtras = {},
  options: ShellOptions = {},
  files: Readonly<Record<string, string>> = {},
): Promise<
  Pick<TestShell, 'shell' | 'cwd' | 'home' | 'events' | 'notices'> & {
    run(line: string, signal?: AbortSignal): Promise<LineResult>;
  }
> {
  const t = await startTestShell({
    plugins: ({ home }) => {
      for (const [name, content] of Object.entries(files)) writeFileSync(join(home, name), content);
      return [shellPlugin(options)];
    },
    env: { SHELL: program, LANG: undefined, LC_ALL: 'C.UTF-8' },
    host,
  });
  onTestFinished(() => t.close());
  const { shell, cwd, home, events, notices } = t;
  return {
    shell,
    cwd,
    home,
    events,
    notices,
    run: (line, signal) => t.submit(line, signal ? { signal } : {}),
  };
}

/** Resolves when `holds` does; fails after forty seconds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 40_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Never came true: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
