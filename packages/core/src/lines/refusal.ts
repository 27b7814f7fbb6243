import { PrefishError } from '@prefish/protocol';
import type { Registry } from '../registration/registry.ts';
import type { Route, TokenClaim } from '../route.ts';

/** Why a claimed token takes no line: two owners, or none that can be used. */
export function refusal({ token, owners, unavailable, hint }: TokenClaim): PrefishError {
  const [first, second] = owners;
  if (first === undefined || second === undefined) {
    const reason = unavailable ?? 'nobody owns it';
    return token === ''
      ? new PrefishError('PREFISH_PREFIX_UNAVAILABLE', `Plain text goes nowhere: ${reason}`, { hint })
      : new PrefishError(
          'PREFISH_PREFIX_UNAVAILABLE',
          `The prefix ${token} cannot be used: ${reason}. The line was not sent elsewhere.`,
          { hint: hint ?? `Write \\${token} to begin plain text with it.` },
        );
  }
  const names = owners.map(({ plugin, id }) => `${plugin} ("${id}")`).join(' and ');
  const what = token === '' ? 'Plain text' : `The prefix ${token}`;
  return new PrefishError('PREFISH_TOKEN_CONFLICT', `${what} is claimed by ${names}, so neither gets it`, {
    plugin: second.plugin,
    hint: `Give one of them another token in prefish.config: prefixes: { ${JSON.stringify(second.id)}: "…" }, or remove it: prefixes: { ${JSON.stringify(second.id)}: false }`,
  });
}

/** Why plain text goes nowhere: nobody has it, whoever has it cannot be used, or `passed` did not take the line. */
export function noOwner(registry: Registry, line: Route, passed?: string): PrefishError {
  const claim = registry.table.claim('');
  if (claim !== undefined && claim.owners.length !== 1) return refusal(claim);
  const { text } = line;
  const message = !/\S/.test(text)
    ? 'The line is empty'
    : passed === undefined
      ? `Nobody takes plain text here: ${preview(text)}`
      : `${passed} did not take the line, and nobody else takes plain text: ${preview(text)}`;
  return new PrefishError('PREFISH_NO_OWNER', message, {
    hint: meantCommand(registry, text) ?? meantPrefix(registry, text) ?? whatThereIs(registry),
  });
}

/** What plain text that somebody takes may have been meant to be all the same: an unknown `/x`, an indented prefix. */
export function perhapsMeant(registry: Registry, { text }: Route): string | undefined {
  return (text.startsWith('/') ? meantCommand(registry, text) : undefined) ?? meantPrefix(registry, text);
}

function whatThereIs(registry: Registry): string {
  const tokens = registry.prefixes
    .filter(({ token }) => token !== '')
    .map(({ token, id }) => `${token} (${id})`);
  if (tokens.length === 0) return 'No plugin that is loaded takes lines.';
  const help = registry.command('help') === undefined ? '' : '; ? says more';
  return `Begin the line with one of ${tokens.join('  ')}${help}`;
}

/** What to say to a line that begins like a command: with a slash and nearly its name, or its name without the slash. */
function meantCommand(registry: Registry, text: string): string | undefined {
  const [, slash, name] = /^(\/?)([^\s/]+)(?=\s|$)/.exec(text) ?? [];
  if (name === undefined) return undefined;
  if (/^(exit|quit|logout)$/.test(name)) return 'Ctrl+D, or the end of a script, leaves the shell.';
  const meant = registry.commands
    .map((command) => command.name)
    .find((known) =>
      slash === ''
        ? known === name
        : known.startsWith(name) || name.startsWith(known) || sameLetters(known, name),
    );
  return meant === undefined ? undefined : `Did you mean /${meant}?`;
}

/** What to say to a line with a prefix that does not stand in its first column. */
function meantPrefix(registry: Registry, text: string): string | undefined {
  const start = text.trimStart();
  if (start === text || registry.table.match(start) === undefined) return undefined;
  return `A prefix counts only where nothing stands before it: ${preview(start)}`;
}

/** Whether two words differ by a swap, or by one letter more, less or other. */
function sameLetters(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  if ([...a].sort().join('') === [...b].sort().join('')) return true;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  const rest = (word: string, skip: number): string => word.slice(start + skip);
  return rest(a, 1) === rest(b, 1) || rest(a, 1) === rest(b, 0) || rest(a, 0) === rest(b, 1);
}

function preview(text: string): string {
  const line = text.split('\n', 1)[0]!;
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
