import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { isAlive, processesWithEnvironment } from '../support/processes.ts';
import type { Random } from './random.ts';

/** What can be broken. */
export interface Target {
  /** The server that runs now, if one does. */
  serverPid(): Promise<number | undefined>;
  /** Has a server run again. */
  restart(): Promise<void>;
  /** The `NAME=value` that every process of the server and its tasks has. */
  readonly mark: string;
}

type Fault = (target: Target, random: Random) => Promise<string>;

/** Something that goes wrong, and what it was, for the log. */
export async function breakSomething(target: Target, random: Random): Promise<string> {
  return random.pick(faults)(target, random);
}

const killServer: Fault = async (target) => {
  const pid = await target.serverPid();
  if (pid === undefined) return 'no server to kill';
  await end(pid, 'SIGKILL');
  await target.restart();
  return `server ${pid} killed, and started again`;
};

const endServer: Fault = async (target) => {
  const pid = await target.serverPid();
  if (pid === undefined) return 'no server to end';
  await end(pid, 'SIGTERM');
  await target.restart();
  return `server ${pid} ended, and started again`;
};

const stopServer: Fault = async (target, random) => {
  const pid = await target.serverPid();
  if (pid === undefined) return 'no server to stop';
  const milliseconds = random.chance(0.2) ? 11_000 : random.integer(2000);
  return stopFor(pid, milliseconds, 'server');
};

const killTaskProcess: Fault = async (target, random) => {
  const pid = await taskProcess(target, random);
  if (pid === undefined) return 'no task to kill';
  send(pid, 'SIGKILL');
  return `process ${pid} of a task killed`;
};

const stopTaskProcess: Fault = async (target, random) => {
  const pid = await taskProcess(target, random);
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
  killServer,
  killServer,
  stopServer,
  endServer,
  killTaskProcess,
  killTaskProcess,
  stopTaskProcess,
  starve,
];

/** Any process below the server: of a sandbox, or of a workspace that is being made. */
async function taskProcess(target: Target, random: Random): Promise<number | undefined> {
  const server = await target.serverPid();
  const inTasks = await processesWithEnvironment(target.mark);
  const below = server === undefined ? [] : await childrenOf(server);
  const all = [...new Set([...inTasks, ...below])].filter((pid) => pid !== server).sort();
  return all.length === 0 ? undefined : all[random.integer(all.length)];
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
