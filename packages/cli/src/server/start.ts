import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCodes, errorMessage, PrefishError, type ErrorCodeName } from '@prefish/protocol';
import type { Folders } from '../folders.ts';
import { findServer, type FoundServer } from './connect.ts';
import { logFile } from './location.ts';
import { alreadyRunningCode, spawnDaemon } from './spawn-daemon.ts';

/** How long a server may take to come up on a loaded machine. */
const startDeadlineMs = 15_000;
const pollMs = 20;
/** How often a new process is tried while the lock is held by one that does not answer: it may be ending. */
const retryMs = 500;

/**
 * Starts the embedded server, or finds the one that another shell has started meanwhile.
 *
 * @throws PREFISH_SERVER_START with the last lines of its log
 */
export async function startDaemon(folders: Folders, signal: AbortSignal): Promise<FoundServer> {
  const deadline = performance.now() + startDeadlineMs;
  const since = await stat(logFile(folders)).then(
    ({ size }) => size,
    () => 0,
  );
  let daemon: Attempt | undefined;
  for (;;) {
    const found = await findServer(folders, signal);
    if (found !== undefined) return found;
    if (daemon === undefined || daemon.lostRace(performance.now())) daemon = attempt(folders);
    if (daemon.failure !== undefined) throw await startError(folders, since, daemon.failure);
    if (performance.now() > deadline)
      throw await startError(folders, since, `no answer in ${startDeadlineMs / 1000} s`);
    await delay(pollMs, undefined, { signal });
  }
}

interface Attempt {
  /** Why the process ended, where that was not because another server holds the lock. */
  readonly failure: string | undefined;
  /** Whether it ended because another server holds the lock, long enough ago to try again. */
  lostRace(now: number): boolean;
}

function attempt(folders: Folders): Attempt {
  let failure: string | undefined;
  let lostAt: number | undefined;
  const ended = (code: number | null, signalName: string | null): void => {
    if (code === alreadyRunningCode) lostAt = performance.now();
    else failure = signalName === null ? `it ended with code ${code}` : `it was ended by ${signalName}`;
  };
  const failed = (error: unknown): void => {
    failure = errorMessage(error);
  };
  try {
    const daemon: ChildProcess = spawnDaemon(folders);
    once(daemon, 'exit').then(([code, signalName]) => ended(code, signalName), failed);
  } catch (error) {
    failed(error);
  }
  return {
    get failure() {
      return failure;
    },
    lostRace: (now) => lostAt !== undefined && now - lostAt > retryMs,
  };
}

/** Why a server did not start: its own last error, or else what was seen of its process. */
async function startError(folders: Folders, since: number, seen: string): Promise<PrefishError> {
  const path = logFile(folders);
  const entry = await lastError(path, since).catch(() => undefined);
  const code = entry?.code !== undefined && Object.hasOwn(errorCodes, entry.code) ? entry.code : undefined;
  return new PrefishError(
    code ?? 'PREFISH_SERVER_START',
    `The background server did not start: ${entry?.message ?? seen}`,
    { hint: entry?.hint ?? `Its log: ${path}` },
  );
}

interface LogEntry {
  readonly level?: string;
  readonly message: string;
  readonly code?: ErrorCodeName;
  readonly hint?: string;
}

/** The last error in the log, or its last line where the process could not write entries. */
async function lastError(path: string, since: number): Promise<LogEntry | undefined> {
  await using file = await open(path);
  const { size } = await file.stat();
  const start = Math.max(Math.min(since, size), size - 16 * 1024);
  const { buffer } = await file.read({ buffer: Buffer.alloc(size - start), position: start });
  const lines = buffer.toString('utf8').trim().split('\n');
  for (const line of lines.toReversed()) {
    try {
      const entry = JSON.parse(line) as LogEntry;
      if (entry.level === 'error') return entry;
    } catch {
      if (line !== '') return { message: line };
    }
  }
  return undefined;
}
