import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createSandbox } from '../../packages/server/src/sandbox/create-sandbox.ts';
import type { SandboxRequest } from '../../packages/server/src/sandbox/sandbox.ts';
import type { Bench } from './row.ts';

const sandbox = createSandbox();

/** Runs `node -e 0` in a sandbox as a task has one, and resolves with the milliseconds from its start to its end. */
export async function sandboxedTime({ folder, env, node, prefish }: Bench, round: number): Promise<number> {
  const { kind } = await sandbox.report();
  const work = join(folder, `sandboxed-${round}`);
  const [tree, home, tmp] = [join(work, 'tree'), join(work, 'home'), join(work, 'tmp')];
  for (const path of [tree, home, tmp]) mkdirSync(path, { recursive: true });
  const [shown, dist] = ['/run/prefish/bin/node', '/run/prefish/dist'];
  const variables = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const request: SandboxRequest = {
    task: `bench${round}`,
    attempt: 1,
    command: [kind === 'none' ? node : shown, '-e', '0'],
    tree,
    root: tree,
    cwd: '',
    home,
    tmp,
    path: env['PATH'] ?? '',
    env: Object.fromEntries(variables),
    hasNetwork: true,
    tracing: false,
    hidden: [],
    mounts: [
      { source: node, target: shown },
      { source: join(prefish, '../../dist'), target: dist },
    ],
  };
  const begun = performance.now();
  const started = await sandbox.start(kind, request);
  started.stdout.resume();
  started.stderr.resume();
  started.go();
  const { exit } = await started.ended;
  const took = performance.now() - begun;
  started.stdin.destroy();
  if (!('code' in exit) || exit.code !== 0) throw new Error(`the sandbox ended with ${JSON.stringify(exit)}`);
  return took;
}
