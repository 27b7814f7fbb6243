import {
  isPrefishError,
  PrefishError,
  type Config,
  type Explanation,
  type Outcome,
  type ShellView,
} from '@prefish/core';
import { networkFor } from '@prefish/plugin-teleport';

type Network = NonNullable<Config['network']>;
type Owner = NonNullable<Explanation['prefix']>;

/** What the configuration says of teleported lines. */
export type LineSettings = Pick<Config, 'network' | 'allow' | 'sandbox'>;

/** Says who would take a line, where it would run and what it could reach. */
export function explain(line: string, shell: ShellView, settings: LineSettings = {}): Outcome {
  const { prefix, command, body, args, reason, ...rest } = shell.explain(line);
  const teleported =
    prefix?.id === 'teleport' && rest.refused === undefined ? inTask(args, shell, settings) : {};
  const { refused = rest.refused, owner, network, sandbox } = teleported;
  const hint = isPrefishError(refused) ? refused.hint : rest.hint;
  const where = network === undefined ? {} : { place: 'this machine', network };
  const message = [
    ...(prefix ? [`prefix   ${describeOwner(prefix)}`] : []),
    ...(command ? [`command  /${command.name} · ${command.plugin}`] : []),
    ...(refused ? ['refused  nothing would run'] : []),
    `body     ${body}`,
    ...(owner ? [`there    ${describeOwner(owner)}`] : []),
    ...(where.place ? [`place    ${where.place}, in the background`] : []),
    ...(network ? [`network  ${describeNetwork(network, settings.allow ?? [])}`] : []),
    ...(sandbox ? [`sandbox  ${sandbox}`] : []),
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
function inTask(args: Explanation['args'], shell: ShellView, settings: LineSettings): InTask {
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
    const network = networkFor(owner.token, info.teleport, { asked, configured: settings.network });
    const sandbox = describeSandbox(info.teleport.contained === true, settings.sandbox);
    return { owner, network: network ?? 'full', sandbox };
  } catch (error) {
    return { refused: error as Error };
  }
}
