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

type Network = NonNullable<Config['network']>;
type Owner = NonNullable<Explanation['prefix']>;

/** What the configuration says of teleported lines. */
export type LineSettings = Pick<Config, 'network' | 'allow' | 'sandbox' | 'mounts' | 'environment'>;

/** Where it would run. */
const place = 'this machine';

/** Says who would take a line, where it would run and what it could reach. */
export async function explain(line: string, shell: ShellView, settings: LineSettings = {}): Promise<Outcome> {
  const { prefix, command, body, args, reason, ...rest } = shell.explain(line);
  const teleported =
    prefix?.id === 'teleport' && rest.refused === undefined ? await inTask(args, shell, settings) : {};
  const { refused = rest.refused, owner, network, sandbox } = teleported;
  const hint = isPrefishError(refused) ? refused.hint : rest.hint;
  const where = network === undefined ? {} : { place, network, ...grantsOf(settings) };
  const message = [
    ...(prefix ? [`prefix   ${describeOwner(prefix)}`] : []),
    ...(command ? [`command  /${command.name} · ${command.plugin}`] : []),
    ...(refused ? ['refused  nothing would run'] : []),
    `body     ${body}`,
    ...(owner ? [`there    ${describeOwner(owner)}`] : []),
    ...(network ? [`place    ${place}, in the background`] : []),
    ...(network ? [`network  ${describeNetwork(network, settings.allow ?? [])}`] : []),
    ...(sandbox ? [`sandbox  ${sandbox}`] : []),
    ...(network ? describeGrants(settings) : []),
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

function describeNetwork(network: Network, allow: readonly string[]): string {
  if (network === 'full') return "full: everything that ! would reach, this machine's own services included";
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
}

/** Who would take the line behind a `&`, and what it would reach there; or why it would be refused. */
async function inTask(args: Explanation['args'], shell: ShellView, settings: LineSettings): Promise<InTask> {
  const { prefix: owner, refused } = shell.explain(args?.body.trimStart() ?? '');
  if (refused !== undefined) return { refused };
  const info = shell.prefixes.find(({ id, token }) => id === owner?.id && token === owner.token);
  if (owner === undefined || info === undefined) return { network: 'full' };
  if (info.teleport === false) {
    const what = owner.token === '' ? 'Plain text' : `A line with ${owner.token}`;
    return {
      refused: new PrefishError('PREFISH_PREFIX_UNSUPPORTED', `${what} does not run in a task`),
    };
  }
  const asked = args?.values['network'] as Network | undefined;
  try {
    await checkGrants(grantedMounts(settings.mounts));
    const network = networkFor(owner.token, info.teleport, { asked, configured: settings.network });
    const sandbox = describeSandbox(info.teleport.contained === true, settings.sandbox);
    return { owner, network: network ?? 'full', sandbox };
  } catch (error) {
    return { refused: error as Error };
  }
}
