import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { barePrompt } from '../bare-prompt.ts';
import { prefish } from '../held-task.ts';
import { residentMemory } from '../resident-memory.ts';
import { interleaved, type Bench, type Row } from '../row.ts';
import { startOnTerminal } from '../terminal-program.ts';

const idleMs = 2000;
/** After so long a server is at rest: it gives back what its start has left (`spareMemory`). */
const atRestMs = 12_000;

async function idlePrompt({ folder: cwd, env, node }: Bench, program: string): Promise<number> {
  await using prompt = startOnTerminal(node, [program], { cwd, env });
  await prompt.writes(/❯|> /);
  await delay(idleMs);
  return residentMemory(prompt.pid);
}

export const shellMemory: Row = {
  what: 'memory of the shell, idle at its prompt',
  against: 'a bare Node prompt',
  budget: 1.5,
  async measure(bench) {
    const bare = barePrompt(bench);
    const figures = await interleaved(
      5,
      () => idlePrompt(bench, bench.prefish),
      () => idlePrompt(bench, bare),
    );
    return { ...figures, unit: 'MB' };
  },
};

async function idleServer(bench: Bench): Promise<number> {
  const env = { ...bench.env, PREFISH_HOME: join(bench.folder, 'idle') };
  const own = { ...bench, env };
  prefish(own, bench.folder, ['daemon', 'start']);
  try {
    const { pid } = JSON.parse(prefish(own, bench.folder, ['--json', 'daemon', 'status'])) as { pid: number };
    await delay(atRestMs);
    return residentMemory(pid);
  } finally {
    prefish(own, bench.folder, ['daemon', 'stop']);
  }
}

async function idleNode({ node }: Bench): Promise<number> {
  const child = spawn(node, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' });
  try {
    await delay(idleMs);
    return residentMemory(child.pid!);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

export const serverMemory: Row = {
  what: 'memory of the background server, idle',
  against: 'a Node that waits',
  budget: 1.6,
  async measure(bench) {
    const figures = await interleaved(
      5,
      () => idleServer(bench),
      () => idleNode(bench),
    );
    return { ...figures, unit: 'MB' };
  },
};
