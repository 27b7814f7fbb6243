import { PrefishError } from '@prefish/protocol';
import type { PrefixTokens } from '../prefix.ts';
import type { YieldingPrefix } from './yielding.ts';

/** A prefix that ought to be there: while nobody registers it, lines with its token are refused and say so. */
export interface ExpectedPrefix {
  readonly id: string;
  readonly token: string;
  readonly plugin: string;
}

/** A token that nobody should mistake for plain text while no prefix has it. */
export interface RefusedToken {
  readonly token: string;
  /** Completes "The prefix X cannot be used: …". */
  readonly reason: string;
  readonly hint?: string;
}

/** What the user's configuration says about tokens. */
export interface TokenConfiguration {
  readonly prefixes: PrefixTokens;
  readonly expected: readonly ExpectedPrefix[];
  readonly refused: readonly RefusedToken[];
  readonly yielding: readonly YieldingPrefix[];
}

/** A prefix by what it says of itself. */
export interface Declared {
  readonly id: string;
  readonly token: string;
}

/** The tokens that a prefix has: those that the configuration gives it, else its own. */
export function tokensOf(prefixes: PrefixTokens, { id, token }: Declared): readonly string[] {
  const configured = configuredFor(prefixes, id);
  if (configured === undefined) return [token];
  if (configured === false) return [];
  return typeof configured === 'string' ? [configured] : configured;
}

/** The token of a prefix that the configuration has taken away from it: who types it out of habit is told. */
export function givenUp(prefixes: PrefixTokens, { id, token }: Declared): RefusedToken[] {
  const now = tokensOf(prefixes, { id, token });
  if (token === '' || now.includes(token) || complaintAboutToken(token) !== undefined) return [];
  const asText = `\\${token} begins plain text with it.`;
  const [instead] = now;
  return [
    instead === undefined
      ? { token, reason: `"${id}" is switched off in the configuration`, hint: asText }
      : {
          token,
          reason: `"${id}" has ${now.map(nameOf).join(' and ')} now (configuration)`,
          hint: instead === '' ? asText : `Write ${instead} in place of ${token}; ${asText}`,
        },
  ];
}

/** @throws PREFISH_TOKEN_INVALID naming who can mend it */
export function checkToken(prefixes: PrefixTokens, token: string, id: string, plugin: string): void {
  const reason = complaintAboutToken(token);
  if (reason === undefined) return;
  const setting = `prefixes: { ${JSON.stringify(id)}: "…" }`;
  throw new PrefishError(
    'PREFISH_TOKEN_INVALID',
    `The token ${JSON.stringify(token)} of the prefix "${id}" ${reason}`,
    {
      plugin,
      hint:
        configuredFor(prefixes, id) === undefined
          ? `Change it in ${plugin}, or choose another in the configuration: ${setting}`
          : `Choose another in the configuration: ${setting}`,
    },
  );
}

function configuredFor(prefixes: PrefixTokens, id: string): PrefixTokens[string] | undefined {
  return Object.hasOwn(prefixes, id) ? prefixes[id] : undefined;
}

function complaintAboutToken(token: string): string | undefined {
  if (/[\s\p{Cc}]/u.test(token)) return 'holds a space or a control character';
  return /^[/\\]/.test(token) ? 'begins with / or \\, which are reserved' : undefined;
}

function nameOf(token: string): string {
  return token === '' ? 'plain text' : token;
}
