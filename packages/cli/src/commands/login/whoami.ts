import type { Outcome } from '@prefish/core';
import { formatBytes, type AccessToken, type Account } from '@prefish/protocol';
import type { Folders } from '../../folders.ts';
import { readKnownServers } from '../../server/elsewhere/known-servers.ts';
import { standings, type Standing } from './standings.ts';

/** Lists the servers on other machines, with the account that one has there, as each of them says. */
export async function whoami(
  folders: Folders,
  chosen: string | undefined,
  signal: AbortSignal,
): Promise<Outcome> {
  const servers = await standings(folders, chosen, signal);
  const known = readKnownServers(folders);
  const isElsewhere = servers.some((server) => server.chosen);
  const here = `${isElsewhere ? ' ' : '→'} here  this machine, without a login`;
  const rows = servers.map((server) =>
    describe(server, known.find(({ url }) => url === server.url)?.account),
  );
  const hint = servers.length === 0 ? ['  prefish login URL adds a server on another machine'] : [];
  return { type: 'ok', message: [here, ...rows, ...hint].join('\n'), data: { servers } };
}

function describe({ url, chosen, version, account, tokens = [], error }: Standing, name?: string): string {
  const who = account?.name ?? name;
  const parts = [
    ...(who === undefined ? [] : [who]),
    ...(account === undefined ? [] : [usage(account)]),
    ...(tokens.some(({ current, scope }) => current && scope === 'read') ? ['only looks'] : []),
    ...(tokens.length > 1 ? [`logged in on ${tokens.map(deviceWords).join(', ')}`] : []),
    ...(version === undefined ? [] : [`prefish ${version}`]),
    ...(error === undefined ? [] : [error]),
  ];
  return `${chosen ? '→' : ' '} ${url}  ${parts.join(' · ')}`;
}

/** `laptop (this one)`, `ci (only looks)` */
function deviceWords({ device, current, scope }: AccessToken): string {
  const what = [...(current ? ['this one'] : []), ...(!current && scope === 'read' ? ['only looks'] : [])];
  return what.length === 0 ? device : `${device} (${what.join(', ')})`;
}

function usage({ limits: { tasks, disk } }: Account): string {
  return `${tasks.now} of ${tasks.most} tasks, ${formatBytes(disk.now)} of ${formatBytes(disk.most)}`;
}
