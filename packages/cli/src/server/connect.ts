import { access, lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isPrefishError, PrefishError, protocolVersion, type ServerInfo } from '@prefish/protocol';
import { createHttpTransport, ServerClient } from '@prefish/protocol/client';
import type { Folders } from '../folders.ts';
import { serverFolder, socketPath } from './location.ts';

/** Whether a server that does not run is started: never, always, or only if one has ever run here. */
export type StartMode = boolean | 'if-used';

/** Finds the server of this machine. */
export type Connect = (options: { readonly start: StartMode }, signal: AbortSignal) => Promise<ServerClient>;

/** How long a server that accepts a connection may take to answer. */
const answerDeadlineMs = 10_000;

/**
 * Connects to the embedded server of these folders.
 *
 * @throws PREFISH_SERVER_UNREACHABLE when none runs and `start` does not apply, PREFISH_SERVER_START,
 * PREFISH_SERVER_VERSION
 */
export async function connect(
  folders: Folders,
  options: { readonly start: StartMode },
  signal: AbortSignal,
): Promise<ServerClient> {
  const found = await findServer(folders, signal);
  if (found !== undefined) return checkedVersion(found).client;
  const starts = options.start === 'if-used' ? await hasDatabase(folders) : options.start;
  if (!starts) {
    throw new PrefishError(
      'PREFISH_SERVER_UNREACHABLE',
      'The background server of this machine does not run',
      {
        hint: 'prefish daemon start',
      },
    );
  }
  const { startDaemon } = await import('./start.ts');
  return checkedVersion(await startDaemon(folders, signal)).client;
}

/** A server that answers. */
export interface FoundServer {
  readonly client: ServerClient;
  readonly info: ServerInfo;
  readonly socket: string;
}

/** The server of these folders, of whatever version; `undefined` when none runs. */
export async function findServer(folders: Folders, signal: AbortSignal): Promise<FoundServer | undefined> {
  const socket = socketPath(folders);
  await checkOwner(dirname(socket));
  const client = new ServerClient(createHttpTransport({ socketPath: socket }));
  const deadline = AbortSignal.timeout(answerDeadlineMs);
  try {
    return { client, socket, info: await client.info(AbortSignal.any([signal, deadline])) };
  } catch (error) {
    if (signal.aborted) throw error;
    if (deadline.aborted) {
      throw new PrefishError(
        'PREFISH_SERVER_UNREACHABLE',
        `The background server does not answer on ${socket}`,
        { hint: 'prefish daemon stop ends it; the next & starts a new one.', cause: error },
      );
    }
    if (isPrefishError(error) && error.code === 'PREFISH_SERVER_UNREACHABLE') return undefined;
    throw error;
  }
}

function checkedVersion(found: FoundServer): FoundServer {
  if (found.info.protocol === protocolVersion) return found;
  throw new PrefishError(
    'PREFISH_SERVER_VERSION',
    `The background server is prefish ${found.info.version} and speaks protocol ${found.info.protocol}; this prefish speaks ${protocolVersion}`,
    { hint: 'prefish daemon stop, then try again: the next & starts a server of this version.' },
  );
}

async function hasDatabase(folders: Folders): Promise<boolean> {
  return access(join(serverFolder(folders), 'tasks.db')).then(
    () => true,
    () => false,
  );
}

/** Somebody else's folder in a shared temporary folder could hold somebody else's server. */
export async function checkOwner(folder: string): Promise<void> {
  const status = await lstat(folder).catch(() => undefined);
  if (status === undefined || process.getuid === undefined) return;
  if (status.isDirectory() && status.uid === process.getuid() && (status.mode & 0o077) === 0) return;
  throw new PrefishError(
    'PREFISH_SERVER_UNREACHABLE',
    `${folder} is not a folder of yours alone, so the server's socket in it is not trusted`,
    { hint: `Remove it, or: chmod 700 ${folder}` },
  );
}
