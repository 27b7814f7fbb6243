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

function describe(
  { url, chosen, version, account, tokens = [], error, hint }: Standing,
  name?: string,
): string {
  const who = account?.name ?? name;
  const parts = [
    ...(who === undefined ? [] : [who]),
    ...(account === undefined ? [] : [usage(account)]),
    ...(tokens.some(({ current, scope }) => current && scope === 'read') ? ['only looks'] : []),
    ...(tokens.length > 1 ? [`logins: ${devices(tokens)}`] : []),
    ...(version === undefined ? [] : [`prefish ${version}`]),
    ...(error === undefined ? [] : [error.replace(` to ${url}`, '').replace(`${url} `, '')]),
  ];
  const mend = hint === undefined ? '' : `\n    ${hint}`;
  return `${chosen ? '→' : ' '} ${url}  ${parts.join(' · ')}${mend}`;
}

/** `laptop (this one), vm ×2` */
function devices(tokens: readonly AccessToken[]): string {
  const words = tokens.map(deviceWords);
  const times = (word: string): number => words.filter((other) => other === word).length;
  return [...new Set(words)].map((word) => (times(word) === 1 ? word : `${word} ×${times(word)}`)).join(', ');
}

/** `laptop (this one)`, `ci (only looks)` */
function deviceWords({ device, current, scope }: AccessToken): string {
  const what = [...(current ? ['this one'] : []), ...(!current && scope === 'read' ? ['only looks'] : [])];
  const name = device === 'prefish users token' ? 'a token' : device;
  return what.length === 0 ? name : `${name} (${what.join(', ')})`;
}

function usage({ limits: { tasks, disk } }: Account): string {
  return `${tasks.now} of ${tasks.most} tasks, ${formatBytes(disk.now)} of ${formatBytes(disk.most)}`;
}
