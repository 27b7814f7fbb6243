import { spawn, type ChildProcess } from 'node:child_process';
import type { Exit, RunContext } from '@prefish/core';
import { copyOutput } from './copy-output.ts';
import { cannotStart, exitFrom, type ShellProcess } from './shell-process.ts';
import { stopLine } from './stop-line.ts';

/**
 * Runs a shell without a terminal: what it prints is passed on as bytes or as `output` events. Aborting ends it and all
 * that it started; the exit is how the shell really ended. `heard` is given the same bytes.
 *
 * @throws PREFISH_SHELL_MISSING
 */
export async function runOnPipes(
  shell: ShellProcess,
  context: Pick<RunContext, 'signal' | 'stdin' | 'out'>,
  heard?: (chunk: Uint8Array) => void,
): Promise<Exit> {
  const { signal, out } = context;
  const child = await start(shell, context.stdin);
  if (heard !== undefined) for (const stream of [child.stdout!, child.stderr!]) stream.on('data', heard);
  let exit: Exit | undefined;
  const ended = new Promise<Exit>((resolve) => {
    child.once('exit', (code, name) => resolve((exit = exitFrom(code, name))));
  });
  const copied = copyOutput(child, ended, out);
  let stopped: Promise<void> | undefined;
  const stop = (): void => {
    stopped ??= stopLine({ pid: child.pid!, id: shell.id }, () => exit !== undefined);
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.all([ended, copied]);
    await stopped;
    return await ended;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function start(shell: ShellProcess, stdin: RunContext['stdin']): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    let child: ChildProcess;
    try {
      child = spawn(shell.file, shell.args, {
        cwd: shell.cwd,
        env: shell.env,
        stdio: [stdin, 'pipe', 'pipe'],
        detached: true,
      });
    } catch (cause) {
      reject(cannotStart(shell, cause));
      return;
    }
    if (child.pid !== undefined) return resolve(child);
    child.once('error', (cause) => reject(cannotStart(shell, cause)));
  });
}
