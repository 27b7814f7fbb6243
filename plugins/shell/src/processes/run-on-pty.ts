import type { Exit, LentTerminal, RunContext } from '@prefish/core';
import { signalProcess } from './line-processes.ts';
import { ScreenCopy } from './screen-copy.ts';
import { cannotStart, exitFrom, signalName, type ShellProcess } from './shell-process.ts';
import { stopLine } from './stop-line.ts';
import { UnreadInput } from './unread-input.ts';

/** A process on a pseudo-terminal, with `encoding: null`: the module's own types know strings only. */
interface Pty {
  readonly pid: number;
  /** The path of the program's side, where it has one. */
  readonly ptsName?: string;
  onData(listener: (data: Uint8Array) => void): unknown;
  onExit(listener: (exit: { readonly exitCode: number; readonly signal?: number }) => void): unknown;
  write(data: Uint8Array): void;
  resize(columns: number, rows: number): void;
  pause(): void;
  resume(): void;
}

/** The part of `@lydell/node-pty` that is used. */
export interface PtyModule {
  spawn(
    file: string,
    args: readonly string[],
    options: {
      readonly cwd: string;
      readonly env: Readonly<Record<string, string>>;
      readonly name: string;
      readonly cols: number;
      readonly rows: number;
      readonly encoding: null;
    },
  ): Pty;
}

/** The pty module, or why it cannot be loaded: it is optional, and has no build for every platform. */
export async function loadPty(): Promise<PtyModule | Error> {
  try {
    return (await import('@lydell/node-pty')) as unknown as PtyModule;
  } catch (error) {
    return error as Error;
  }
}

/**
 * Runs a shell on a pseudo-terminal of its own, joined to the user's: keys go in, bytes come out,
 * Ctrl+C is the line discipline's. What is typed and not read is the next line's. Aborting ends the
 * shell and all that it started. `heard` is given what comes out.
 *
 * @throws PREFISH_SHELL_MISSING, PREFISH_NO_TTY
 */
export function runOnPty(
  pty: PtyModule,
  shell: ShellProcess,
  context: Pick<RunContext, 'signal' | 'lendTerminal'>,
  heard?: (data: Uint8Array) => void,
): Promise<Exit> {
  return context.lendTerminal((terminal) => join(pty, shell, terminal, context.signal, heard));
}

async function join(
  pty: PtyModule,
  shell: ShellProcess,
  terminal: LentTerminal,
  signal: AbortSignal,
  heard?: (data: Uint8Array) => void,
): Promise<Exit> {
  const size = (): [number, number] => [Math.max(terminal.columns, 1), Math.max(terminal.rows, 1)];
  const [cols, rows] = size();
  const child = start(pty, shell, cols, rows);
  let exit: Exit | undefined;
  const ended = new Promise<Exit>((resolve) => {
    child.onExit(({ exitCode, signal }) => resolve((exit = exitFrom(exitCode, signalName(signal)))));
  });
  const hasEnded = (): boolean => !signalProcess(child.pid, 0);
  const screen = new ScreenCopy(terminal, {
    pause: () => child.pause(),
    resume: () => child.resume(),
    hasEnded,
  });
  const unread = new UnreadInput(child.ptsName, hasEnded);
  const late: Buffer[] = [];
  child.onData((data) => {
    screen.take(data);
    heard?.(data);
  });
  terminal.onInput((data) => {
    if (exit === undefined && !unread.taken) child.write(data);
    else late.push(data);
  });
  terminal.onResize(() => {
    if (exit === undefined) child.resize(...size());
  });
  let stopped: Promise<void> | undefined;
  const stop = (): void => {
    stopped ??= stopLine({ pid: child.pid, id: shell.id }, () => exit !== undefined);
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  try {
    const result = await ended;
    await Promise.all([stopped, screen.done()]);
    return result;
  } finally {
    signal.removeEventListener('abort', stop);
    terminal.unread?.(Buffer.concat([...unread.take(), ...late]));
  }
}

function start(pty: PtyModule, shell: ShellProcess, cols: number, rows: number): Pty {
  try {
    return pty.spawn(shell.file, shell.args, {
      cwd: shell.cwd,
      env: { ...shell.env },
      name: shell.env['TERM'] ?? 'xterm-256color',
      cols,
      rows,
      encoding: null,
    });
  } catch (cause) {
    throw cannotStart(shell, cause);
  }
}
