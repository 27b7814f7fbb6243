import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { dirname } from 'node:path';
import { getuid } from 'node:process';
import { PrefishError } from '@prefish/protocol';

/** What every system takes as the path of a socket, in bytes: `sun_path` of macOS, the shortest, less its NUL. */
const longestPath = 103;

/**
 * Listens on a unix socket in a folder that only its owner can enter. Whoever calls holds the
 * server's lock: a socket that is there already was left by a server that is gone.
 *
 * @throws PREFISH_SERVER_START
 */
export async function listenOnSocket(server: Server, path: string): Promise<void> {
  if (Buffer.byteLength(path) > longestPath) {
    throw new PrefishError('PREFISH_SERVER_START', `The path of the socket is too long: ${path}`, {
      hint: `A socket’s path has at most ${longestPath} bytes.`,
    });
  }
  preparePrivateFolder(dirname(path));
  removeStaleSocket(path);
  await listen(server, path);
}

/** Listens on a socket in a folder that is private already. @throws the system's error */
export async function listen(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
  chmodSync(path, 0o600);
}

function preparePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stats = lstatSync(folder);
  if (stats.isDirectory() && (stats.mode & 0o077) === 0 && stats.uid === getuid?.()) return;
  throw new PrefishError('PREFISH_SERVER_START', `Others may enter or own the socket’s folder ${folder}.`, {
    hint: `It must be a folder of yours alone: chmod 700 '${folder}', or remove it.`,
  });
}

function removeStaleSocket(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (!stats.isSocket())
    throw new PrefishError('PREFISH_SERVER_START', `${path} is in the way: it is no socket.`);
  rmSync(path);
}
