import type { LentTerminal, RunContext } from '@prefish/core';
import { errorMessage, PrefishError } from '@prefish/protocol';
import type { TypeForSsh } from './connect-by-ssh.ts';

/** The part of `@lydell/node-pty` that is used. */
interface PtyModule {
  spawn(
    file: string,
    args: readonly string[],
    options: { readonly cwd: string; readonly cols: number; readonly rows: number; readonly encoding: null },
  ): Pty;
}

interface Pty {
  onData(listener: (data: Uint8Array) => void): unknown;
  onExit(listener: (exit: { readonly exitCode: number }) => void): unknown;
  write(data: Uint8Array): void;
  resize(columns: number, rows: number): void;
  kill(): void;
}

/** Lets ssh ask the person at the terminal: for a password, the passphrase of a key, whether a host is the right one. */
export function typeForSsh({
  lendTerminal,
  signal,
}: Pick<RunContext, 'lendTerminal' | 'signal'>): TypeForSsh {
  return async (args) => {
    const pty = await loadPty();
    return lendTerminal((terminal) => join(pty, args, terminal, signal));
  };
}

function join(
  pty: PtyModule,
  args: readonly string[],
  terminal: LentTerminal,
  signal: AbortSignal,
): Promise<number> {
  signal.throwIfAborted();
  const ssh = pty.spawn('ssh', args, {
    cwd: '/',
    cols: Math.max(terminal.columns, 1),
    rows: Math.max(terminal.rows, 1),
    encoding: null,
  });
  const kill = (): void => ssh.kill();
  signal.addEventListener('abort', kill, { once: true });
  ssh.onData((data) => terminal.write(data));
  terminal.onInput((data) => ssh.write(data));
  terminal.onResize(() => ssh.resize(terminal.columns, terminal.rows));
  return new Promise<number>((resolve, reject) => {
    ssh.onExit(({ exitCode }) => (signal.aborted ? reject(signal.reason as Error) : resolve(exitCode)));
  }).finally(() => signal.removeEventListener('abort', kill));
}

async function loadPty(): Promise<PtyModule> {
  try {
    return (await import('@lydell/node-pty')) as unknown as PtyModule;
  } catch (cause) {
    throw new PrefishError('PREFISH_SSH_FAILED', `ssh cannot be given a terminal: ${errorMessage(cause)}`, {
      hint: 'Set up a key that needs no password: ssh-copy-id.',
      cause,
    });
  }
}
