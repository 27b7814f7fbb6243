import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** The variable by which everything that an agent started is known, wherever it went. */
export const markVariable = 'PREFISH_AGENT_PROCESS';

/** A process and all that it started. */
export interface ProcessTree {
  /** The first process: it leads a group of its own. */
  readonly pid: number;
  /** The value of {@link markVariable} in the environment of all of them. */
  readonly id: string;
}

const pollMs = 20;
const termPatienceMs = 1000;
const killPatienceMs = 1000;

/** A value for {@link markVariable} that no other process of this machine has. */
export function mark(): string {
  return `${process.pid}-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
}

/**
 * Ends a tree: waits `patienceMs` for its first process to go by itself, then SIGTERM, then SIGKILL
 * to whatever is left. Resolves when nothing runs any more, at the latest 2 s after the patience.
 */
export async function endTree(
  tree: ProcessTree,
  exited: Promise<unknown>,
  patienceMs: number,
): Promise<void> {
  if (patienceMs > 0) {
    const giveUp = new AbortController();
    await Promise.race([exited, delay(patienceMs, undefined, { signal: giveUp.signal }).catch(() => {})]);
    giveUp.abort();
  }
  for (const [signal, patience] of [
    ['SIGTERM', termPatienceMs],
    ['SIGKILL', killPatienceMs],
  ] as const) {
    if (!signalTree(tree, signal)) return;
    const deadline = performance.now() + patience;
    while (performance.now() < deadline) {
      await delay(pollMs);
      if (!signalTree(tree, 0)) return;
    }
  }
}

/**
 * Sends a signal to all processes of a tree that still run, and says whether there were any. On Linux
 * those that left the group are found by their environment; elsewhere only the group is reached.
 */
function signalTree({ pid, id }: ProcessTree, signal: NodeJS.Signals | 0): boolean {
  const inGroup = signalProcess(-pid, signal);
  if (process.platform !== 'linux') return inGroup;
  const others = markedProcesses(id).filter((other) => !inGroup || other.group !== pid);
  for (const other of others) signalProcess(other.pid, signal);
  return others.length > 0 || (inGroup && isGroupAlive(pid));
}

function* processes(): Generator<{ readonly pid: number; readonly group: number; readonly state: string }> {
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? readOrEmpty(`/proc/${name}/stat`) : '';
    if (stat === '') continue;
    // proc(5): "pid (comm) state ppid pgrp …", where comm may hold anything.
    const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    yield { pid: Number(name), group: Number(group), state: state! };
  }
}

function markedProcesses(id: string): { readonly pid: number; readonly group: number }[] {
  const entry = `\0${markVariable}=${id}\0`;
  return [...processes()].filter(
    ({ pid, state }) => state !== 'Z' && `\0${readOrEmpty(`/proc/${pid}/environ`)}`.includes(entry),
  );
}

/** Whether anything but processes that wait to be collected is in a group. */
function isGroupAlive(group: number): boolean {
  return [...processes()].some((other) => other.group === group && other.state !== 'Z');
}

function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The content, or nothing when the process is gone or another user's. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
