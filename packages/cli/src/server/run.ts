import { rm } from 'node:fs/promises';
import { writeDurably } from '@prefish/durable';
import { errorMessage, isPrefishError } from '@prefish/protocol';
import { AlreadyRunningError, startServer } from '@prefish/server';
import type { Folders } from '../folders.ts';
import { version } from '../installation.ts';
import { makeUsable } from '../usable-folders.ts';
import { newSocketPath, serverFolder, socketNote } from './location.ts';
import { createOffer } from './offer.ts';
import { spareMemory } from './spare-memory.ts';
import { alreadyRunningCode } from './spawn-daemon.ts';

/** How often it is seen whether there is something to tidy up, in milliseconds. */
const tidyPause = 3600_000;

/**
 * Runs the embedded server in this process until it is told to end, and resolves with the exit code
 * of the process. What it has to say goes to standard error, which is its log.
 */
export async function runDaemon(folders: Folders): Promise<number> {
  const socketPath = newSocketPath(folders);
  const ended = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => ended.abort());
  try {
    makeUsable(folders);
    const server = await startServer({
      folder: serverFolder(folders),
      socketPath,
      version,
      place: 'this machine',
      offer: createOffer(folders, log),
      log,
    });
    ended.signal.addEventListener('abort', () => void server.close());
    const tidying = setInterval(() => void tidy(folders, ended.signal), tidyPause).unref();
    if (ended.signal.aborted) await server.close();
    await writeDurably(socketNote(folders), Buffer.from(`${socketPath}\n`), { mode: 0o600 });
    const stopSparing = spareMemory();
    await server.closed;
    stopSparing();
    clearInterval(tidying);
    await rm(socketNote(folders), { force: true });
    return 0;
  } catch (error) {
    if (error instanceof AlreadyRunningError) {
      log('info', error.message);
      return alreadyRunningCode;
    }
    log('error', errorMessage(error), isPrefishError(error) ? { code: error.code, hint: error.hint } : {});
    return 1;
  }
}

/** What shells keep beside the server: many a user has none open for long. */
async function tidy(folders: Folders, signal: AbortSignal): Promise<void> {
  try {
    const { tidyDaily } = await import('@prefish/plugin-teleport');
    const freed = await tidyDaily(folders, process.env as Record<string, string>, signal);
    if (freed !== undefined && freed > 0) log('info', 'tidied up what shells keep', { freed });
  } catch (error) {
    if (!signal.aborted) log('warn', 'tidying up what shells keep failed', { error: errorMessage(error) });
  }
}

function log(level: string, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), level, message, ...fields })}\n`);
}
