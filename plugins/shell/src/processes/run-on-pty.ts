import type { Exit, LentTerminal, RunContext, Task } from '@prefish/core';
import { signalProcess } from '@prefish/processes';
import type { RunningProgram } from '../background/background-shells.ts';
import { LeaveKey } from '../background/leave-key.ts';
import { RecentOutput } from '../background/recent-output.ts';
import { continueStopped } from './continue-stopped.ts';
import { ScreenCopy } from './screen-copy.ts';
import { cannotStart, exitFrom, signalName, type ShellProcess } from './shell-process.ts';
import { stopLine } from './stop-line.ts';
import { UnreadInput } from './unread-input.ts';
import { wouldStop } from './would-stop.ts';

/** A process on a pseudo-terminal, with `encoding: null`: the module's own types know strings only. */
interface Pty {
  readonly pid: number;
  /** The descriptor of this side. */
  readonly fd: number;
  /** The path of the program's side, where it has one. */
  readonly ptsName?: string;
  onData(listener: (data: Uint8Array) => void): unknown;
  onExit(listener: (exit: { readonly exitCode: number; readonly signal?: number }) => void): unknown;
  write(data: Uint8Array): void;
  resize(columns: number, rows: number): void;
  pause(): void;
  resume(): void;
  /** What it reads from, which has no public name. */
  readonly _socket?: { readonly _handle?: { reading: boolean; readStop(): void } };
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

/** How a program that runs can go to the background. */
export interface ToBackground {
  /** The control character of the key that sends it there. */
  readonly key: number;
  /** Takes it over. When this rejects it stays where it is. */
  take(program: RunningProgram): Promise<Task>;
  /** Says why it stays. */
  failed(error: unknown): void;
}

/** What became of a program on the terminal: it ended, or it goes on as a task. */
export type LeftTerminal = { readonly exit: Exit } | { readonly task: Task };

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
  background?: ToBackground,
): Promise<LeftTerminal> {
  return context.lendTerminal((terminal) =>
    join({ pty, shell, terminal, signal: context.signal, heard, background }),
  );
}

const [ctrlC, ctrlZ] = [3, 26];
/** So much of what a program printed last is shown again to who goes back to it: about a screen. */
const carriedBytes = 4096;

interface Joined {
  readonly pty: PtyModule;
  readonly shell: ShellProcess;
  readonly terminal: LentTerminal;
  readonly signal: AbortSignal;
  readonly heard: ((data: Uint8Array) => void) | undefined;
  readonly background: ToBackground | undefined;
}

async function join({ pty, shell, terminal, signal, heard, background }: Joined): Promise<LeftTerminal> {
  const size = (): [number, number] => [Math.max(terminal.columns, 1), Math.max(terminal.rows, 1)];
  const [cols, rows] = size();
  const child = start(pty, shell, cols, rows);
  let exit: Exit | undefined;
  const ended = new Promise<Exit>((resolve) => {
    child.onExit(({ exitCode, signal }) => resolve((exit = exitFrom(exitCode, signalName(signal)))));
  });
  const hasEnded = (): boolean => !signalProcess(child.pid, 0);
  let isLeaving = false;
  const screen = new ScreenCopy(terminal, {
    pause: () => child.pause(),
    resume: () => {
      if (!isLeaving) child.resume();
    },
    hasEnded,
  });
  const unread = new UnreadInput(child.ptsName, hasEnded);
  const late: Buffer[] = [];
  const recent = new RecentOutput();
  child.onData((data) => {
    screen.take(data);
    recent.take(data);
    heard?.(data);
  });
  terminal.onExit?.(() => recent.modes.undo());
  const left = Promise.withResolvers<Task>();
  const leave = async (): Promise<void> => {
    if (isLeaving || hasEnded() || background === undefined || child.ptsName === undefined) return;
    isLeaving = true;
    stopReading(child);
    try {
      const modes = recent.modes.redo();
      const printed = recent.bytes(carriedBytes);
      const program = { pid: child.pid, fd: child.fd, path: child.ptsName, modes, printed, ended };
      left.resolve(await background.take(program));
    } catch (error) {
      isLeaving = false;
      child.resume();
      background.failed(error);
      for (const data of late.splice(0)) child.write(data);
    }
  };
  /** Ctrl+Z asks for the prompt back, and nothing of a line can be stopped: it goes where it can go on. */
  const leaveIfStopped = async (): Promise<void> => {
    if (background === undefined || child.ptsName === undefined || recent.modes.isFullScreen) return;
    if (await wouldStop({ pid: child.pid, id: shell.id }, child.ptsName)) await leave();
  };
  using keys = new LeaveKey(background?.key, {
    leave: () => void leave(),
    isTheirs: () => recent.modes.isFullScreen,
    pass: (data) => {
      if (exit !== undefined || unread.taken || isLeaving) late.push(data);
      else {
        child.write(data);
        if (data.includes(ctrlC)) void continueStopped({ pid: child.pid, id: shell.id });
        if (data.includes(ctrlZ)) void leaveIfStopped();
      }
    },
  });
  terminal.onInput((data) => keys.take(data));
  terminal.onResize(() => {
    if (exit === undefined && !isLeaving) resize(child, ...size());
  });
  let stopped: Promise<void> | undefined;
  const stop = (): void => {
    stopped ??= stopLine({ pid: child.pid, id: shell.id }, () => exit !== undefined);
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  try {
    const result = await Promise.race([
      ended.then((exit) => ({ exit })),
      left.promise.then((task) => ({ task })),
    ]);
    await Promise.all([stopped, screen.done()]);
    if ('task' in result) unread.leave();
    if ('task' in result || recent.modes.areChanged) terminal.write(recent.modes.undo());
    return result;
  } finally {
    signal.removeEventListener('abort', stop);
    terminal.unread?.(Buffer.concat([...unread.take(), ...late]));
  }
}

/** A terminal that its program has let go of has no size any more, while the program may still run. */
function resize(child: Pty, columns: number, rows: number): void {
  try {
    child.resize(columns, rows);
  } catch (error) {
    if (!/ioctl/.test(String(error))) throw error;
  }
}

/**
 * Reads nothing more. A stream that is paused takes one more chunk, which would be missing where the
 * program goes on.
 */
function stopReading(child: Pty): void {
  child.pause();
  const handle = child._socket?._handle;
  if (handle === undefined) return;
  handle.reading = false;
  handle.readStop();
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
