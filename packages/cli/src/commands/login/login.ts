import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Outcome, RunContext } from '@prefish/core';
import { remoteSource } from '@prefish/plugin-teleport';
import {
  isPrefishError,
  loginCodeGroups,
  plainLoginCode,
  PrefishError,
  protocolVersion,
  type ServerInfo,
} from '@prefish/protocol';
import { createHttpTransport, ServerClient } from '@prefish/protocol/client';
import type { Folders } from '../../folders.ts';
import { noteServer, readKnownServers } from '../../server/elsewhere/known-servers.ts';
import { whoMakesCodes } from '../../server/elsewhere/http/token-for.ts';
import { otherVersion } from '../../server/elsewhere/other-version.ts';
import { isHere, parseServer, type ServerAddress } from '../../server/elsewhere/server-url.ts';
import { connectBySsh, type TypeForSsh } from '../../server/elsewhere/ssh/connect-by-ssh.ts';
import type { SshAddress } from '../../server/elsewhere/ssh/ssh-options.ts';

/**
 * Gets to know a server on another machine: by ssh, where the user's own account there is enough, or by a one-time
 * code for a token, which is kept.
 *
 * @param chosen Where lines go that do not say where
 * @throws PREFISH_USAGE, PREFISH_SSH_FAILED, PREFISH_LOGIN_CODE, PREFISH_SERVER_VERSION, PREFISH_SERVER_CERTIFICATE,
 * PREFISH_SERVER_UNREACHABLE, PREFISH_NO_TTY
 */
export async function login(
  folders: Folders,
  server: string,
  chosen: string | undefined,
  context: RunContext,
): Promise<Outcome> {
  const address = parseServer(server);
  const welcomed = await (address.kind === 'ssh'
    ? loginBySsh(folders, address, context)
    : loginByCode(folders, address, context));
  const outcome = welcome(address, welcomed, goesThere(address, chosen));
  await deliverTo(address, context);
  return outcome;
}

/** Whether lines go to a server that do not say where. */
function goesThere({ url }: ServerAddress, chosen: string | undefined): boolean {
  return chosen !== undefined && !isHere(chosen) && parseServer(chosen).url === url;
}

/** Whom a server knows by a login. */
interface Welcomed {
  readonly info: ServerInfo;
  readonly account?: string;
  readonly onlyLooks?: boolean;
}

/** What the tokens of a server begin with. */
const tokenBeginning = 'prefish_';

/** How often it is looked whether what waited is there, in milliseconds. */
const lookEveryMs = 250;

/**
 * Lines that waited for this login go out with the first look at the tasks there, which has patience for a while: it is
 * looked again while something is on its way, as closing the shell would end that.
 */
async function deliverTo({ url, place }: ServerAddress, { shell, signal, out }: RunContext): Promise<void> {
  const { tasks } = shell;
  const ids = tasks.sources.map(({ id }) => id);
  const own = [`${remoteSource}:${url}`, remoteSource].find((id) => ids.includes(id));
  if (own === undefined) return;
  for (let isTold = false; ; isTold = true) {
    const listing = await tasks.listSource(own, { limit: 100, state: ['submitted'] }, signal);
    const first = listing?.tasks.find(({ reason }) => reason?.startsWith('uploading'));
    if (first === undefined) return;
    if (!isTold) out.write(`What waited for ${place} is on its way (${first.reason})\n`, 'stderr');
    await delay(lookEveryMs, undefined, { signal });
  }
}

/** The server that a login is for: the one that is named, else that of the configuration. @throws PREFISH_USAGE */
export function whichServer(server: string | undefined): string {
  if (server !== undefined && !isHere(server)) return server;
  throw new PrefishError('PREFISH_USAGE', 'Which server?', {
    hint: 'prefish login ssh://HOST, where you have an account of the system; prefish login https://HOST with a code',
  });
}

async function loginBySsh(folders: Folders, address: SshAddress, context: RunContext): Promise<Welcomed> {
  const { signal, terminal } = context;
  const connect = (type?: TypeForSsh): Promise<ServerClient> =>
    connectBySsh(folders, address, { start: true, type }, (task) => task, signal);
  const client = await connect().catch(async (error: unknown) => {
    const maySsh = isPrefishError(error) && error.code === 'PREFISH_SSH_FAILED';
    if (!maySsh || terminal === undefined || !/Permission denied|Host key verification/.test(error.message))
      throw error;
    const { typeForSsh } = await import('../../server/elsewhere/ssh/type-for-ssh.ts');
    return connect(typeForSsh(context));
  });
  const info = await client.info(signal);
  await noteServer(folders, { url: address.url });
  return { info };
}

async function loginByCode(
  folders: Folders,
  address: ServerAddress,
  { ask, signal }: RunContext,
): Promise<Welcomed> {
  const { url, place } = address;
  const stranger = new ServerClient(createHttpTransport({ origin: url }));
  const told = await stranger.info(signal);
  if (told.protocol !== protocolVersion) throw otherVersion(place, told);
  const typed = await ask.secret(`One-time code for ${place}:`).catch((error: unknown) => {
    if (!isPrefishError(error) || error.code !== 'PREFISH_NO_TTY') throw error;
    throw new PrefishError(error.code, error.message, {
      hint: `Pipe in the one-time code that prefish users add printed: prefish login ${url} < FILE`,
      cause: error,
    });
  });
  const code = checkedCode(typed, place);
  const { token, account } = await stranger.login({ code, device: hostname() || 'unknown' }, signal);
  const known = readKnownServers(folders).find((each) => each.url === url);
  const before = known?.token;
  const since = known?.account === account.name ? {} : { since: new Date().toISOString() };
  await noteServer(folders, { url, token, account: account.name, ...since });
  if (before !== undefined) {
    const old = new ServerClient(createHttpTransport({ origin: url, token: before }));
    await old.revokeToken('current', signal).catch(() => {});
  }
  const client = new ServerClient(createHttpTransport({ origin: url, token }));
  const [info, tokens] = await Promise.all([client.info(signal), client.tokens(signal)]);
  const onlyLooks = tokens.some(({ current, scope }) => current && scope === 'read');
  return { info, account: account.name, onlyLooks };
}

/** A code that can be one: what was pasted by mistake goes nowhere, and is not repeated. @throws PREFISH_LOGIN_CODE */
function checkedCode(typed: string, place: string): string {
  const code = plainLoginCode(typed);
  if (code !== undefined) return code;
  const [message, hint] = whyNoCode(typed.trim(), place);
  throw new PrefishError('PREFISH_LOGIN_CODE', message, { hint });
}

function whyNoCode(typed: string, place: string): readonly [message: string, hint: string] {
  if (typed === '') return ['No code was given', `For a code of ${place}, ${whoMakesCodes}`];
  if (typed.startsWith(tokenBeginning)) {
    return ['That is a token, and no code; it was sent nowhere', 'A token is given as PREFISH_TOKEN.'];
  }
  const { count, length } = loginCodeGroups;
  return [
    'That is no code; it was sent nowhere',
    `A code has ${count} groups of ${length} letters and digits, as prefish users add prints it.`,
  ];
}

function welcome(
  { url, place }: ServerAddress,
  { info: { version, sandbox }, account, onlyLooks = false }: Welcomed,
  isChosen: boolean,
): Outcome {
  const who = account === undefined ? '' : ` as ${account}`;
  const contained = sandbox.kind === 'none' ? ' · no sandbox works there' : '';
  const use = onlyLooks
    ? 'This login only looks: prefish tasks ls shows the tasks, and no line can be sent.'
    : isChosen
      ? '& !npm test runs a line there.'
      : `& --server ${url} !npm test runs a line there; server: ${url} in the configuration sends all of them.`;
  return {
    type: 'ok',
    message: `Logged in to ${place}${who} (prefish ${version}${contained}).\n  ${use}`,
    data: { url, place, ...(account === undefined ? {} : { account }), version, sandbox: sandbox.kind },
  };
}
