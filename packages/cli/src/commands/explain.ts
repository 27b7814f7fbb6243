import { parseArgs } from 'node:util';
import type { Outcome, ShellView } from '@prefish/core';

/** Says who would take a line, where it would run and what it could reach. */
export function explain(line: string, shell: ShellView): Outcome {
  const { prefix, command, body, reason, refused } = shell.explain(line);
  const where = prefix?.id === 'teleport' ? { place: 'this machine', network: networkOf(body) } : {};
  const message = [
    ...(prefix
      ? [`prefix   ${prefix.token === '' ? '(plain text)' : prefix.token}  ${prefix.id} · ${prefix.plugin}`]
      : []),
    ...(command ? [`command  /${command.name} · ${command.plugin}`] : []),
    ...(refused ? ['refused  nothing would run'] : []),
    `body     ${body}`,
    ...(where.place ? [`place    ${where.place}, in the background`] : []),
    ...(where.network ? [`network  ${networks[where.network] ?? where.network}`] : []),
    `why      ${reason}`,
  ].join('\n');
  return { type: 'ok', message, data: { ...(prefix ? { prefix } : {}), body, ...where, reason } };
}

const networks: Readonly<Record<string, string>> = {
  full: "full: everything that ! would reach, this machine's own services included",
  none: 'none',
};

/** The network of a teleported line: what its leading options say, else that of a line typed on this machine. */
function networkOf(body: string): string {
  const leading = body.trimStart().split(/\s+/);
  const { values } = parseArgs({ args: leading, options: { network: { type: 'string' } }, strict: false });
  return typeof values.network === 'string' && /^\s*--/.test(body) ? values.network : 'full';
}
