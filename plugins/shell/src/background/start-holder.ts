import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, lstatSync, mkdirSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { PrefishError, type Task } from '@prefish/core';
import type { HoldAnswer, HoldRequest } from './holder.ts';

/** How long a holder may take to come up on a loaded machine. */
const startMs = 15_000;

/**
 * Starts a process that holds a background shell and outlives this one.
 *
 * @param command the words that run {@link holdShell} in a process of its own
 * @param terminal the file descriptor of a program that runs already
 * @throws PREFISH_SHELL_HELD with what it says is wrong
 */
export async function startHolder(
  command: readonly string[],
  request: HoldRequest,
  logFile: string,
  terminal?: number,
): Promise<Task> {
  const log = openSync(logFile, 'a', 0o600);
  const [file, ...args] = command;
  let holder: ChildProcess;
  try {
    holder = spawn(file!, args, {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'pipe', log, ...(terminal === undefined ? [] : [terminal])],
    });
  } finally {
    closeSync(log);
  }
  holder.stdin!.on('error', () => {});
  holder.stdin!.end(JSON.stringify(request));
  try {
    const answer = JSON.parse(await firstLine(holder)) as HoldAnswer;
    if ('error' in answer) throw new Error(answer.error);
    return answer.task;
  } catch (cause) {
    throw new PrefishError(
      'PREFISH_SHELL_HELD',
      `The command cannot go to the background: ${(cause as Error).message}`,
      { cause, hint: `What the process that was to hold it said: ${logFile}` },
    );
  } finally {
    holder.stdout!.destroy();
    holder.unref();
  }
}

function firstLine(holder: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`no answer in ${startMs / 1000} s`)), startMs);
    const over = (end: () => void): void => {
      clearTimeout(timer);
      end();
    };
    holder.stdout!.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const end = said.indexOf('\n');
      if (end >= 0) over(() => resolve(said.slice(0, end)));
    });
    holder.once('error', (error) => over(() => reject(error)));
    holder.once('exit', (code, signal) =>
      over(() =>
        reject(new Error(signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`)),
      ),
    );
  });
}

/**
 * Where a holder listens. Short, because the path of a unix socket may have about 100 bytes, and in a
 * folder of the user's own, because who can write to it can type into the shell.
 */
export function socketFor(folder: string, env: Readonly<Record<string, string>>): string {
  const runtime = env['XDG_RUNTIME_DIR'];
  const sockets =
    runtime && isAbsolute(runtime)
      ? join(runtime, 'prefish')
      : join(tmpdir(), `prefish-${process.getuid?.() ?? 'user'}`);
  mkdirSync(sockets, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(sockets);
  if (process.getuid !== undefined && (uid !== process.getuid() || (mode & 0o077) !== 0)) {
    throw new PrefishError('PREFISH_SHELL_HELD', `${sockets} is not a folder of yours alone`, {
      hint: `Remove it, or: chmod 700 ${sockets}`,
    });
  }
  return join(sockets, `shell-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}.sock`);
}
