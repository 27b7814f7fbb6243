import {
  isPrefishError,
  PrefishError,
  type Config,
  type Explanation,
  type Outcome,
  type ShellView,
} from '@prefish/core';
import { networkFor } from '@prefish/plugin-teleport';
import type { GrantedMount } from '@prefish/protocol';
import { grantedMounts } from '../config/granted-mounts.ts';
import { homeFolder } from '../folders.ts';
import { linePlace, type LinePlace } from './line-place.ts';

type Network = NonNullable<Config['network']>;
type Owner = NonNullable<Explanation['prefix']>;

/** What the configuration says of teleported lines. */
export type LineSettings = Pick<
  Config,
  'server' | 'network' | 'allow' | 'sandbox' | 'mounts' | 'environment'
>;

/** Says who would take a line, where it would run and what it could reach. */
export async function explain(line: string, shell: ShellView, settings: LineSettings = {}): Promise<Outcome> {
  const { prefix, command, body, args, reason, ...rest } = shell.explain(line);
  const teleported =
    prefix?.id === 'teleport' && rest.refused === undefined ? await inTask(args, shell, settings) : {};
  const { refused = rest.refused, owner, network, sandbox, place } = teleported;
  const hint = isPrefishError(refused) ? refused.hint : rest.hint;
  const isHere = place === undefined || place.kind === 'here';
  const { mounts: _, ...elsewhere } = settings;
  const grants = isHere ? settings : elsewhere;
  const where =
    network === undefined || place === undefined ? {} : { place: place.place, network, ...grantsOf(grants) };
  const message = [
    ...(prefix ? [`prefix   ${describeOwner(prefix)}`] : []),
    ...(command ? [`command  /${command.name} · ${command.plugin}`] : []),
    ...(refused ? ['refused  nothing would run'] : []),
    `body     ${body}`,
    ...(owner ? [`there    ${describeOwner(owner)}`] : []),
    ...(network && place ? [`place    ${place.place}, in the background`] : []),
    ...(network && place ? [`network  ${describeNetwork(network, settings.allow ?? [], place)}`] : []),
    ...(sandbox ? [`sandbox  ${sandbox}`] : []),
    ...(network ? describeGrants(grants) : []),
    `why      ${refused?.message ?? reason}`,
    ...(hint ? [`hint     ${hint}`] : []),
  ].join('\n');
  const data = {
    ...(prefix ? { prefix } : {}),
    body,
    ...(owner ? { there: owner } : {}),
    ...where,
    reason: refused?.message ?? reason,
    ...(hint ? { hint } : {}),
  };
  return { type: 'ok', message, data };
}

function describeOwner({ token, id, plugin }: Owner): string {
  return `${token === '' ? '(plain text)' : token}  ${id} · ${plugin}`;
}

function describeNetwork(network: Network, allow: readonly string[], { place, kind }: LinePlace): string {
  if (network === 'full') {
    if (kind === 'http') return 'full: every public host; not the server, nor the networks around it';
    const there = kind === 'ssh' ? ` on ${place}` : '';
    const own = kind === 'ssh' ? 'its own' : "this machine's own";
    return `full: everything that ! would reach${there}, ${own} services included`;
  }
  if (network === 'none') return network;
  return `allowlist: ${allow.join(', ') || 'no host (allow in the configuration names some)'}`;
}

/** As the server of this machine does. @throws PREFISH_REQUEST_INVALID */
async function checkGrants(mounts: readonly GrantedMount[]): Promise<void> {
  if (mounts.length === 0) return;
  const { checkGrantedMounts } = await import('@prefish/server');
  checkGrantedMounts(mounts, { home: homeFolder(), hidden: [] });
}

/** The grants, for programs. */
function grantsOf({ mounts, environment }: LineSettings): Pick<Config, 'mounts' | 'environment'> {
  return {
    ...(mounts === undefined ? {} : { mounts: grantedMounts(mounts) }),
    ...(environment === undefined ? {} : { environment }),
  };
}

/** What the configuration lets it see of this machine besides. */
function describeGrants({ mounts, environment = [] }: LineSettings): string[] {
  const seen = grantedMounts(mounts).map(
    ({ path, writable }) => `${path}${writable === true ? ' (writable)' : ''}`,
  );
  return [
    ...(seen.length > 0 ? [`mounts   ${seen.join(', ')}`] : []),
    ...(environment.length > 0 ? [`env      ${environment.join(', ')}`] : []),
  ];
}

/** What contains a line where it runs, and what becomes of it where nothing does. */
function describeSandbox(isContained: boolean, configured: Config['sandbox'] = 'auto'): string {
  const said = configured === 'auto' ? '' : ` (sandbox: ${configured} in the configuration)`;
  const isNeeded = configured === 'bwrap' || (configured === 'auto' && isContained);
  return isNeeded
    ? `bubblewrap; refused where that does not work${said}`
    : `bubblewrap; where that does not work, unsandboxed: it can do whatever you can${said}`;
}

interface InTask {
  readonly refused?: Error;
  readonly owner?: Owner;
  readonly network?: Network;
  readonly sandbox?: string;
  readonly place?: LinePlace;
}

/** Who would take the line behind a `&`, and what it would reach there; or why it would be refused. */
async function inTask(args: Explanation['args'], shell: ShellView, settings: LineSettings): Promise<InTask> {
  const { prefix: owner, refused } = shell.explain(args?.body.trimStart() ?? '');
  if (refused !== undefined) return { refused };
  const info = shell.prefixes.find(({ id, token }) => id === owner?.id && token === owner.token);
  if (owner === undefined || info === undefined) return { network: 'full', place: linePlace(undefined) };
  if (info.teleport === false) {
    const what = owner.token === '' ? 'Plain text' : `A line with ${owner.token}`;
    return {
      refused: new PrefishError('PREFISH_PREFIX_UNSUPPORTED', `${what} does not run in a task`),
    };
  }
  const asked = args?.values['network'] as Network | undefined;
  try {
    const place = linePlace((args?.values['server'] as string | undefined) ?? settings.server);
    if (place.kind === 'here') await checkGrants(grantedMounts(settings.mounts));
    const network = networkFor(owner.token, info.teleport, { asked, configured: settings.network });
    const isContained = info.teleport.contained === true || place.kind === 'http';
    const sandbox = describeSandbox(isContained, place.kind === 'http' ? 'auto' : settings.sandbox);
    return { owner, network: network ?? 'full', sandbox, place };
  } catch (error) {
    return { refused: error as Error };
  }
}
