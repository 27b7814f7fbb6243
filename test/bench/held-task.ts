import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from './row.ts';

/** Runs a prefish command and returns what it printed. */
export function prefish(
  { node, prefish: command, env }: Bench,
  cwd: string,
  args: readonly string[],
): string {
  return execFileSync(node, [command, ...args], {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Starts a task that runs until it is canceled, so that tasks which come `--after` it wait and disturb nothing. */
export function holdTask(bench: Bench): { readonly id: string; release(): void } {
  const cwd = join(bench.folder, 'held');
  mkdirSync(cwd, { recursive: true });
  const [first] = prefish(bench, cwd, ['--json', '-c', '& !sleep 3600']).split('\n');
  const { task: id } = JSON.parse(first!) as { task: string };
  return { id, release: () => void prefish(bench, cwd, ['tasks', 'cancel', id]) };
}
