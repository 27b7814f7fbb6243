import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage, PrefishError } from '@prefish/protocol';

/** How an ssh ended. */
export interface SshResult {
  readonly code: number;
  readonly stdout: string;
  /** What ssh, and the program there, said on standard error. */
  readonly said: string;
}

/**
 * Runs ssh without a terminal. What it says on standard error goes through a file in `folder`: a jump host's ssh
 * outlives this one together with the shared connection, and would keep a pipe open.
 *
 * @throws PREFISH_SSH_FAILED where there is no ssh; the signal's reason
 */
export async function runSsh(
  args: readonly string[],
  folder: string,
  signal: AbortSignal,
): Promise<SshResult> {
  signal.throwIfAborted();
  const path = join(folder, `${randomUUID()}.said`);
  await using said = await open(path, 'wx', 0o600);
  try {
    const { code, stdout } = await ended(args, said.fd, signal);
    return { code, stdout, said: (await readFile(path, 'utf8')).trim() };
  } finally {
    await rm(path, { force: true });
  }
}

function ended(
  args: readonly string[],
  stderr: number,
  signal: AbortSignal,
): Promise<{ readonly code: number; readonly stdout: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('ssh', args, { stdio: ['ignore', 'pipe', stderr], signal });
    const chunks: Buffer[] = [];
    child.stdout!.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', (cause) => reject(signal.aborted ? signal.reason : notStarted(cause)));
    child.once('close', (code) =>
      resolve({ code: code ?? 255, stdout: Buffer.concat(chunks).toString('utf8') }),
    );
  });
}

function notStarted(cause: Error): PrefishError {
  return new PrefishError('PREFISH_SSH_FAILED', `ssh could not be started: ${errorMessage(cause)}`, {
    hint: 'Install OpenSSH: apt install openssh-client.',
    cause,
  });
}
