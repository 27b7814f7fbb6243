import { readFileSync, readdirSync } from 'node:fs';
import { lineVariable } from './shell-process.ts';

/** Everything that a line started: its shell, the group and session that this leads, and what left them. */
export interface LineProcesses {
  /** The process id of the shell, which leads a group and a session of its own. */
  readonly pid: number;
  /** The value of {@link lineVariable} in the environment of all of them. */
  readonly id: string;
}

interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
}

/**
 * Sends a signal to all processes of a line that still run, and says whether there were any. On
 * Linux those that left the shell's group and session are found by their environment or their
 * parent; elsewhere only the group is reached.
 */
export function signalAll({ pid, id }: LineProcesses, signal: NodeJS.Signals | 0): boolean {
  if (process.platform !== 'linux') return signalProcess(-pid, signal);
  const members = membersOf(pid, id);
  // The group first and at once: a member that is told alone may start another before the rest is told.
  if (members.some((member) => member.group === pid)) signalProcess(-pid, signal);
  for (const member of members) if (member.group !== pid) signalProcess(member.pid, signal);
  return members.length > 0;
}

/** Sends a signal to a process, or a group where `pid` is negative, and says whether it is there. 0 only asks. */
export function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function membersOf(shell: number, id: string): readonly ProcessEntry[] {
  const mark = `${lineVariable}=${id}`;
  const members = new Map<number, ProcessEntry>();
  const others: ProcessEntry[] = [];
  for (const entry of runningProcesses()) {
    const isMember = entry.group === shell || entry.session === shell || environmentHas(entry.pid, mark);
    if (isMember) members.set(entry.pid, entry);
    else others.push(entry);
  }
  for (let grew = true; grew;) {
    grew = false;
    for (const entry of others) {
      if (members.has(entry.pid) || !members.has(entry.parent)) continue;
      members.set(entry.pid, entry);
      grew = true;
    }
  }
  return [...members.values()];
}

function* runningProcesses(): Generator<ProcessEntry> {
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? readOrEmpty(`/proc/${name}/stat`) : '';
    // proc(5): "pid (comm) state ppid pgrp session …", where comm may hold anything.
    const [state, parent, group, session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (stat === '' || state === 'Z' || state === 'X') continue;
    yield { pid: Number(name), parent: Number(parent), group: Number(group), session: Number(session) };
  }
}

function environmentHas(pid: number, assignment: string): boolean {
  return `\0${readOrEmpty(`/proc/${pid}/environ`)}`.includes(`\0${assignment}\0`);
}

/** The content, or nothing when the process is gone or another user's. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
