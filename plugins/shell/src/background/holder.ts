import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { errorMessage, type Task } from '@prefish/core';
import { loadPty } from '../processes/run-on-pty.ts';
import type { ShellProcess } from '../processes/shell-process.ts';
import { adoptProgram, startProgram, type HeldProgram } from './held-program.ts';
import { HeldShell } from './held-shell.ts';
import { ShellRecords } from './shell-records.ts';

/** What a holder reads from its standard input. */
export interface HoldRequest {
  readonly folder: string;
  readonly task: Task;
  readonly socket: string;
  readonly mark: string;
  readonly dump: string;
  readonly hangup: 'end' | 'keep';
  readonly size: { readonly columns: number; readonly rows: number };
  /** A program to start … */
  readonly start?: ShellProcess;
  /** … or one that runs, whose terminal is the holder's file descriptor 3, with what it has switched on that, and printed last (base64). */
  readonly adopt?: {
    readonly pid: number;
    readonly path: string;
    readonly modes: string;
    readonly printed: string;
  };
}

/** What a holder writes to its standard output, once. */
export type HoldAnswer = { readonly task: Task } | { readonly error: string };

/** The descriptor at which the terminal of an adopted program comes along. */
export const adoptedFd = 3;

/**
 * The process that holds one background shell: it has the terminal of the program, writes down what that
 * prints and how it ends, and lets a prefish look at it. It ends with its shell.
 */
export async function holdShell(): Promise<void> {
  // The terminal that it was started from goes before it.
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGQUIT'] as const) process.on(signal, () => {});
  const request = JSON.parse(await text(process.stdin)) as HoldRequest;
  const { start, dump } = request;
  const answer = (said: HoldAnswer): void => void process.stdout.write(`${JSON.stringify(said)}\n`);
  try {
    const records = new ShellRecords(request.folder);
    const program = await programOf(request);
    const { modes = '', printed = '' } = request.adopt ?? {};
    const shown = { modes, printed: Buffer.from(printed, 'base64') };
    const held = new HeldShell({ ...request, ...shown, records }, program);
    await held.open();
    answer({ task: held.task });
    await held.closed;
    rmSync(request.socket, { force: true });
    for (const file of [dump, `${dump}.names`, `${dump}.line`]) rmSync(file, { force: true });
    if (start !== undefined) rmSync(join(records.pathOf(request.task.id), 'state'), { force: true });
  } catch (error) {
    answer({ error: errorMessage(error) });
  }
}

async function programOf({ start, adopt, size }: HoldRequest): Promise<HeldProgram> {
  if (adopt !== undefined) return adoptProgram({ ...adopt, fd: adoptedFd });
  const pty = await loadPty();
  if (pty instanceof Error) throw pty;
  return startProgram(pty, start!, size);
}
