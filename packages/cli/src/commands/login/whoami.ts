import type { Outcome } from '@prefish/core';
import { errorMessage, type AccessToken, type Account } from '@prefish/protocol';
import type { Folders } from '../../folders.ts';
import { readKnownServers } from '../../server/elsewhere/known-servers.ts';
import { isHere, parseServer } from '../../server/elsewhere/server-url.ts';
import { serversElsewhere } from '../../server/elsewhere/servers-elsewhere.ts';

/** How long each server may take to say who one is there, in milliseconds. */
const deadlineMs = 10_000;

/** A server on another machine, and who one is there. */
interface Standing {
  readonly url: string;
  readonly place: string;
  /** Whether lines go there that do not say where. */
  readonly chosen: boolean;
  readonly version?: string;
  readonly account?: Account;
  /** The devices that are logged in to the account. */
  readonly tokens?: readonly AccessToken[];
  readonly error?: string;
}

/** Lists the servers on other machines, with the account that one has there, as each of them says. */
export async function whoami(
  folders: Folders,
  chosen: string | undefined,
  signal: AbortSignal,
): Promise<Outcome> {
  const elsewhere = serversElsewhere(folders, chosen);
  const goesTo = chosen === undefined || isHere(chosen) ? undefined : parseServer(chosen).url;
  const known = readKnownServers(folders);
  const servers = await Promise.all(
    elsewhere.known.map(async ({ id: url, place, connect }): Promise<Standing> => {
      const standing = { url, place, chosen: url === goesTo };
      const within = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
      try {
        const client = await connect({ start: true }, within);
        const { version } = await client.info(within);
        if (parseServer(url).kind === 'ssh') return { ...standing, version };
        const [account, tokens] = await Promise.all([client.account(within), client.tokens(within)]);
        return { ...standing, version, account, tokens };
      } catch (error) {
        signal.throwIfAborted();
        return { ...standing, error: within.aborted ? 'no answer' : errorMessage(error) };
      }
    }),
  );
  const here = `${goesTo === undefined ? '→' : ' '} here  this machine, without a login`;
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
    ...(tokens.length > 1 ? [`logged in on ${tokens.map(({ device }) => device).join(', ')}`] : []),
    ...(version === undefined ? [] : [`prefish ${version}`]),
    ...(error === undefined ? [] : [error]),
  ];
  return `${chosen ? '→' : ' '} ${url}  ${parts.join(' · ')}`;
}

function usage({ limits: { tasks, disk } }: Account): string {
  const size = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  return `${tasks.now} of ${tasks.most} tasks, ${size(disk.now)} of ${size(disk.most)}`;
}
