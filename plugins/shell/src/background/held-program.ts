import { spawn } from 'node:child_process';
import { closeSync, constants, openSync, write as writeBytes } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { ReadStream } from 'node:tty';
import { promisify } from 'node:util';
import type { Exit } from '@prefish/core';
import { isRunning } from '@prefish/processes';
import type { PtyModule } from '../processes/run-on-pty.ts';
import { exitFrom, signalName, type ShellProcess } from '../processes/shell-process.ts';

/** A program on a pseudo-terminal, as its holder has it. */
export interface HeldProgram {
  readonly pid: number;
  onData(listener: (data: Uint8Array) => void): void;
  write(data: Uint8Array): void;
  resize(columns: number, rows: number): void;
  /** How it ended, once all that it printed has been read; `undefined` where only its parent can know. */
  readonly ended: Promise<Exit | undefined>;
}

/** A program that was started elsewhere: its pseudo-terminal came along as this file descriptor. */
export interface AdoptedProgram {
  readonly pid: number;
  readonly fd: number;
  /** The path of the program's side of the terminal. */
  readonly path: string;
}

const pollMs = 50;
/** How long what a program printed last may take to arrive, once it has ended. */
const lastWordsMs = 200;

/** Starts a program, as a child of this process. */
export function startProgram(
  pty: PtyModule,
  shell: ShellProcess,
  size: { readonly columns: number; readonly rows: number },
): HeldProgram {
  const child = pty.spawn(shell.file, shell.args, {
    cwd: shell.cwd,
    env: { ...shell.env },
    name: shell.env['TERM'] ?? 'xterm-256color',
    cols: size.columns,
    rows: size.rows,
    encoding: null,
  });
  let isOver = false;
  return {
    pid: child.pid,
    onData: (listener) => void child.onData(listener),
    write: (data) => child.write(data),
    resize: (columns, rows) => {
      if (!isOver) child.resize(columns, rows);
    },
    ended: new Promise((resolve) => {
      child.onExit(({ exitCode, signal }) => {
        isOver = true;
        resolve(exitFrom(exitCode, signalName(signal)));
      });
    }),
  };
}

/** Takes over the terminal of a program that is somebody else's child: how it ends, this process is not told. */
export function adoptProgram({ pid, fd, path }: AdoptedProgram): HeldProgram {
  const terminal = new ReadStream(fd);
  const closed = new Promise<void>((resolve) => {
    // EIO: nobody has the program's side open any more.
    terminal.on('error', () => resolve()).on('close', () => resolve());
  });
  let writing = Promise.resolve();
  return {
    pid,
    onData: (listener) => void terminal.on('data', listener),
    write: (data) => {
      writing = writing.then(() => writeAll(fd, data)).catch(() => {});
    },
    resize: (columns, rows) => resizeTerminal(path, columns, rows),
    ended: (async () => {
      while (await isRunning(pid)) await delay(pollMs);
      await Promise.race([closed, delay(lastWordsMs)]);
      terminal.destroy();
      return undefined;
    })(),
  };
}

const write = promisify(writeBytes);

/** The descriptor does not block: a program that reads nothing is tried again. */
async function writeAll(fd: number, data: Uint8Array): Promise<void> {
  for (let written = 0; written < data.length;) {
    try {
      written += (await write(fd, data, written)).bytesWritten;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      await delay(pollMs);
    }
  }
}

/** Node has no call for the size of a terminal that is not its own. */
function resizeTerminal(path: string, columns: number, rows: number): void {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDWR | constants.O_NOCTTY);
  } catch {
    return;
  }
  const stty = spawn('stty', ['columns', String(columns), 'rows', String(rows)], {
    stdio: [fd, 'ignore', 'ignore'],
  });
  stty.on('error', () => {});
  closeSync(fd);
}
