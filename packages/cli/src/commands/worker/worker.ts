import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { errorMessage } from '@prefish/protocol';
import { startWorker } from '@prefish/server';
import type { Folders } from '../../folders.ts';
import { newSocketPath } from '../../server/location.ts';
import { createOffer } from '../../server/offer.ts';
import { makeUsable, makeUsableFolder } from '../../usable-folders.ts';
import { serveFolder, workersFolder } from '../serve/data-folder.ts';
import { endSignal } from '../serve/end-signals.ts';
import { logLine as log } from '../serve/log-line.ts';
import { count, databaseUrl, usage } from '../serve/serve-words.ts';
import { workerArgs } from './command.ts';

/**
 * Runs tasks of the servers that share a database until it is told to end, and resolves with the exit code of the
 * process. What it has to say goes to standard error, one JSON object a line.
 *
 * @throws PREFISH_USAGE, and what `startWorker` throws
 */
export async function work(words: readonly string[], folders: Folders, cwd: string): Promise<number> {
  const { database: named, data, work: own, concurrency, drain, ...limits } = parse(words);
  const running = limits['running-per-account'];
  const database = databaseUrl(named, process.env);
  if (database === undefined) {
    throw usage(
      'A worker takes its tasks from a database',
      'prefish worker --database postgres://prefish@db/prefish',
    );
  }
  makeUsable(folders);
  const folder = own === undefined ? workersFolder(folders) : resolve(cwd, own);
  makeUsableFolder(folder);
  const ended = endSignal();
  const worker = await startWorker({
    database,
    data: serveFolder(folders, data, cwd),
    folder,
    sockets: dirname(newSocketPath(folders)),
    offer: createOffer(folders, log),
    log,
    ...(concurrency !== undefined && { concurrency: count(concurrency, '--concurrency') }),
    ...(running !== undefined && { mostOfOwner: count(running, '--running-per-account') }),
    ...(drain !== undefined && { drain: count(drain, '--drain') * 1000 }),
  });
  ended.addEventListener('abort', () => void worker.close());
  if (ended.aborted) void worker.close();
  await worker.closed;
  return 0;
}

function parse(
  words: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof workerArgs }>>['values'] {
  try {
    return parseArgs({ args: [...words], options: workerArgs, strict: true, allowPositionals: false }).values;
  } catch (cause) {
    throw usage(errorMessage(cause).split('\n')[0]!.replace(/\.$/, ''), 'prefish worker --help', cause);
  }
}
