import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Folders } from '../folders.ts';

/** Where the embedded server keeps its database, mirrors and work folders. */
export function serverFolder(folders: Folders): string {
  return join(folders.data, 'server');
}

/** What the embedded server writes about itself. */
export function logFile(folders: Folders): string {
  return join(folders.state, 'server.log');
}

/**
 * Where a server of these folders listens when it starts now. Short, because the path of a unix
 * socket may have about 100 bytes; named by the data folder, because each has a server of its own.
 */
export function newSocketPath(
  folders: Folders,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const runtime = env['XDG_RUNTIME_DIR'];
  const folder =
    runtime && isAbsolute(runtime)
      ? join(runtime, 'prefish')
      : join(tmpdir(), `prefish-${process.getuid?.() ?? 'user'}`);
  const name = createHash('sha256').update(folders.data).digest('hex').slice(0, 16);
  return join(folder, `${name}.sock`);
}

/** Where the file is in which a server notes its socket: shells with another TMPDIR find it too. */
export function socketNote(folders: Folders): string {
  return join(serverFolder(folders), 'socket');
}

/** Where the server of these folders listens, if one runs. */
export function socketPath(folders: Folders): string {
  try {
    const noted = readFileSync(socketNote(folders), 'utf8').trim();
    if (isAbsolute(noted)) return noted;
  } catch {
    // No server has run yet.
  }
  return newSocketPath(folders);
}
