import { platform } from 'node:process';
import { findProcesses } from './find-processes.ts';
import { signalProcess } from './signal-process.ts';

/** A process that leads a group and a session of its own, and all that it started. */
export interface ProcessTree {
  readonly pid: number;
  /** The `NAME=value` in the environment that it was given, which no other tree of this machine has. */
  readonly mark: string;
}

/**
 * Sends a signal to all processes of a tree that still run, and says whether there were any. On Linux
 * those that left the group and session are found by their environment or their parent; elsewhere only
 * the group is reached.
 */
export async function signalTree({ pid, mark }: ProcessTree, signal: NodeJS.Signals | 0): Promise<boolean> {
  if (platform !== 'linux') return signalProcess(-pid, signal);
  const [members = []] = await findProcesses([{ groups: [pid], mark }]);
  // The group first and at once: a member that is told alone may start another before the rest is told.
  if (members.some(({ group }) => group === pid)) signalProcess(-pid, signal);
  for (const member of members) if (member.group !== pid) signalProcess(member.pid, signal);
  return members.length > 0;
}
