import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { isAlive, processesWithEnvironment } from '../support/processes.ts';
import type { Random } from './random.ts';
import type { System } from './system.ts';

type Fault = (system: System, random: Random) => Promise<string>;

/** Something that goes wrong, and what it was, for the log. */
export async function breakSomething(system: System, random: Random): Promise<string> {
  const possible = faults.filter((fault) => fault !== crashDatabase || system.database !== undefined);
  return random.pick(possible as [Fault, ...Fault[]])(system, random);
}

const killPart: Fault = async ({ parts }, random) => {
  const part = random.pick(parts);
  const pid = part.pid();
  if (pid === undefined) return `no ${part.name} to kill`;
  await end(pid, 'SIGKILL');
  await part.start();
  return `${part.name} ${pid} killed, and started again`;
};

const endPart: Fault = async ({ parts }, random) => {
  const part = random.pick(parts);
  const pid = part.pid();
  if (pid === undefined) return `no ${part.name} to end`;
  await end(pid, 'SIGTERM');
  await part.start();
  return `${part.name} ${pid} ended, and started again`;
};

const stopPart: Fault = async ({ parts }, random) => {
  const part = random.pick(parts);
  const pid = part.pid();
  if (pid === undefined) return `no ${part.name} to stop`;
  const milliseconds = random.chance(0.2) ? 11_000 : random.integer(2000);
  return stopFor(pid, milliseconds, part.name);
};

/** As a host that loses its power does, without a checkpoint. */
const crashDatabase: Fault = async ({ database }, random) => {
  await database!.crash();
  const milliseconds = random.integer(2000);
  await pause(milliseconds);
  await database!.start();
  return `database crashed, and back after ${milliseconds} ms`;
};

const killTaskProcess: Fault = async (system, random) => {
  const pid = await taskProcess(system, random);
  if (pid === undefined) return 'no task to kill';
  send(pid, 'SIGKILL');
  return `process ${pid} of a task killed`;
};

const stopTaskProcess: Fault = async (system, random) => {
  const pid = await taskProcess(system, random);
  if (pid === undefined) return 'no task to stop';
  return stopFor(pid, random.integer(1500), 'process of a task');
};

const starve: Fault = async (_, random) => {
  const milliseconds = 500 + random.integer(1500);
  const hogs = Array.from({ length: 4 }, () =>
    spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }),
  );
  await pause(milliseconds);
  for (const hog of hogs) hog.kill('SIGKILL');
  return `everything starved for ${milliseconds} ms`;
};

const faults: readonly [Fault, ...Fault[]] = [
  killPart,
  killPart,
  stopPart,
  endPart,
  killTaskProcess,
  killTaskProcess,
  stopTaskProcess,
  starve,
  crashDatabase,
];

/** Any process below a part: of a sandbox, or of a workspace that is being made. */
async function taskProcess({ parts, mark }: System, random: Random): Promise<number | undefined> {
  const own = parts.map((part) => part.pid()).filter((pid) => pid !== undefined);
  const below = (await Promise.all(own.map(childrenOf))).flat();
  const all = [...new Set([...(await processesWithEnvironment(mark)), ...below])];
  const tasks = all.filter((pid) => !own.includes(pid)).sort();
  return tasks.length === 0 ? undefined : tasks[random.integer(tasks.length)];
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const own = text.split(' ').filter(Boolean).map(Number);
  return [...own, ...(await Promise.all(own.map(childrenOf))).flat()];
}

async function stopFor(pid: number, milliseconds: number, what: string): Promise<string> {
  send(pid, 'SIGSTOP');
  await pause(milliseconds);
  send(pid, 'SIGCONT');
  return `${what} ${pid} stopped for ${milliseconds} ms`;
}

async function end(pid: number, signal: NodeJS.Signals): Promise<void> {
  send(pid, signal);
  const deadline = performance.now() + 30_000;
  while (isAlive(pid)) {
    if (performance.now() > deadline) throw new Error(`${pid} does not end on ${signal}`);
    await pause(10);
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
