import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { writeDurably } from '@prefish/durable';
import { errorMessage, PrefishError } from '@prefish/protocol';
import { AlreadyRunningError, startServer } from '@prefish/server';
import type { Folders } from '../../folders.ts';
import { version } from '../../installation.ts';
import { newSocketPath } from '../../server/location.ts';
import { createOffer } from '../../server/offer.ts';
import { makeUsable } from '../../usable-folders.ts';
import { makeServeFolder, notedUrl, serveFolder, urlNote, workersFolder } from './data-folder.ts';
import { endSignal } from './end-signals.ts';
import { logLine as log } from './log-line.ts';
import { readServeWords } from './serve-words.ts';

/**
 * Runs a server for those who have an account until it is told to end, and resolves with the exit code of the
 * process. What it has to say goes to standard error, one JSON object a line.
 *
 * @throws PREFISH_USAGE, and what `startServer` throws
 */
export async function serve(words: readonly string[], folders: Folders, cwd: string): Promise<number> {
  const { serve: asked, name = hostname(), data, concurrency, database, drain } = readServeWords(words);
  const folder = serveFolder(folders, data, cwd);
  makeUsable(folders);
  makeServeFolder(folder);
  const ended = endSignal();
  const { tls } = asked;
  const server = await startServer({
    folder,
    socketPath: newSocketPath({ ...folders, data: folder }),
    serve: {
      ...asked,
      ...(tls !== undefined && { tls: { cert: resolve(cwd, tls.cert), key: resolve(cwd, tls.key) } }),
    },
    version,
    place: name,
    offer: createOffer(folders, log),
    log,
    ...(concurrency !== undefined && { concurrency }),
    ...(drain !== undefined && { drain }),
    ...(database !== undefined && { database, workersFolder: workersFolder(folders) }),
  }).catch((error: unknown) => {
    throw explained(error, folder);
  });
  if (process.getuid?.() === 0) {
    log('warn', 'runs as root: a hole in a sandbox is worth the whole machine; give it a user of its own');
  }
  process.on('SIGHUP', () => {
    try {
      server.reloadCertificate?.();
      log('info', 'the certificate was read again');
    } catch (error) {
      log('error', 'the certificate stays as it was', { error: errorMessage(error) });
    }
  });
  ended.addEventListener('abort', () => void server.close());
  if (ended.aborted) void server.close();
  await writeDurably(urlNote(folder), `${asked.url ?? reachable(server.url ?? '')}\n`);
  await server.closed;
  return 0;
}

/** The error of a server that does not start; where one runs for the folder, with what to do about that. */
function explained(error: unknown, folder: string): unknown {
  if (!(error instanceof AlreadyRunningError)) return error;
  const url = notedUrl(folder);
  const at = url === undefined ? '' : `It is at ${url}. `;
  return new PrefishError(error.code, error.message, {
    hint: `${at}End that one first, or name another folder for this one with --data.`,
    cause: error,
  });
}

/** An address that others may use: what listens everywhere has the host’s name. */
function reachable(url: string): string {
  return url.replace(/\/\/(0\.0\.0\.0|\[::\]):/, `//${hostname()}:`);
}
