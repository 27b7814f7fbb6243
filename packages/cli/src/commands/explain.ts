import { isPrefishError, PrefishError, type Explanation, type Outcome, type ShellView } from '@prefish/core';

/** Says who would take a line, where it would run and what it could reach. `network`: what the configuration says. */
export function explain(line: string, shell: ShellView, network?: string): Outcome {
  const { prefix, command, body, args, reason, ...rest } = shell.explain(line);
  const refused = rest.refused ?? (prefix?.id === 'teleport' ? refusedInTask(args, shell) : undefined);
  const hint = isPrefishError(refused) ? refused.hint : rest.hint;
  const where =
    prefix?.id === 'teleport' && refused === undefined
      ? { place: 'this machine', network: networkOf(args, shell, network) }
      : {};
  const message = [
    ...(prefix
      ? [`prefix   ${prefix.token === '' ? '(plain text)' : prefix.token}  ${prefix.id} · ${prefix.plugin}`]
      : []),
    ...(command ? [`command  /${command.name} · ${command.plugin}`] : []),
    ...(refused ? ['refused  nothing would run'] : []),
    `body     ${body}`,
    ...(where.place ? [`place    ${where.place}, in the background`] : []),
    ...(where.network ? [`network  ${networks[where.network] ?? where.network}`] : []),
    `why      ${refused?.message ?? reason}`,
    ...(hint ? [`hint     ${hint}`] : []),
  ].join('\n');
  const data = {
    ...(prefix ? { prefix } : {}),
    body,
    ...where,
    reason: refused?.message ?? reason,
    ...(hint ? { hint } : {}),
  };
  return { type: 'ok', message, data };
}

const networks: Readonly<Record<string, string>> = {
  full: "full: everything that ! would reach, this machine's own services included",
  none: 'none',
};

/** Why the line behind a `&` would be refused. */
function refusedInTask(args: Explanation['args'], shell: ShellView): Error | undefined {
  const inner = shell.explain(args?.body.trimStart() ?? '');
  if (inner.refused !== undefined || inner.prefix === undefined) return inner.refused;
  const owner = shell.prefixes.find(
    ({ id, token }) => id === inner.prefix?.id && token === inner.prefix.token,
  );
  if (owner === undefined || owner.teleport !== false) return undefined;
  const what = owner.token === '' ? 'Plain text' : `A line with ${owner.token}`;
  return new PrefishError('PREFISH_PREFIX_UNSUPPORTED', `${what} does not run in a task`);
}

/** The network of a teleported line: what its options say, else the configuration, else what its prefix needs. */
function networkOf(args: Explanation['args'], shell: ShellView, configured: string | undefined): string {
  const asked = args?.values['network'];
  if (typeof asked === 'string') return asked;
  const owner = shell.explain(args?.body.trimStart() ?? '').prefix;
  const needs = shell.prefixes.find(({ id, token }) => id === owner?.id && token === owner.token)?.teleport;
  return configured ?? (needs ? needs.network : undefined) ?? 'full';
}
