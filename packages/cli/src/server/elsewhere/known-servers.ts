import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessage, PrefishError } from '@prefish/protocol';
import type { Folders } from '../../folders.ts';

/** A server on another machine that somebody has logged in to, or sent a line to. */
export interface KnownServer {
  readonly url: string;
  /** What its requests are signed with. None for ssh. */
  readonly token?: string;
  /** Whose account that is there. */
  readonly account?: string;
  /** Since when it is that account, as ISO 8601. Absent: an older prefish logged in. */
  readonly since?: string;
  /** Whether leave to use models may go along with lines to it. */
  readonly models?: boolean;
}

/**
 * The servers on other machines, as they were noted; none where the file is not there.
 *
 * @throws PREFISH_SERVER_REFUSED where the file is damaged
 */
export function readKnownServers(folders: Pick<Folders, 'data'>): readonly KnownServer[] {
  const path = fileOf(folders);
  try {
    const { servers } = JSON.parse(readFileSync(path, 'utf8')) as { servers: readonly KnownServer[] };
    return servers.filter(({ url }) => typeof url === 'string');
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return [];
    throw new PrefishError('PREFISH_SERVER_REFUSED', `${path} cannot be read: ${errorMessage(cause)}`, {
      hint: 'Remove it, and prefish login again.',
      cause,
    });
  }
}

/** Notes something about a server, on top of what is known of it. The file is the user's alone: it holds tokens. */
export async function noteServer(folders: Pick<Folders, 'data'>, noted: KnownServer): Promise<void> {
  await change(folders, (servers) => {
    const known = servers.find(({ url }) => url === noted.url);
    return [...servers.filter((server) => server !== known), { ...known, ...noted }];
  });
}

/** Forgets a server, and the token for it. */
export async function forgetServer(folders: Pick<Folders, 'data'>, url: string): Promise<void> {
  await change(folders, (servers) => servers.filter((server) => server.url !== url));
}

async function change(
  folders: Pick<Folders, 'data'>,
  next: (servers: readonly KnownServer[]) => readonly KnownServer[],
): Promise<void> {
  const { withLock, writeDurably } = await import('@prefish/durable');
  const path = fileOf(folders);
  await withLock(`${path}.lock`, async () => {
    const servers = next(readKnownServers(folders));
    await writeDurably(path, `${JSON.stringify({ version: 1, servers }, undefined, 2)}\n`, { mode: 0o600 });
  });
}

function fileOf({ data }: Pick<Folders, 'data'>): string {
  return join(data, 'servers.json');
}
