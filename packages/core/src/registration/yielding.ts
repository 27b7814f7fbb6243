import { PrefishError } from '@prefish/protocol';
import type { PrefixTokens } from '../prefix.ts';
import { givenUp, tokensOf, type Declared, type RefusedToken } from './configured-tokens.ts';

/** A prefix whose configured tokens count only as long as they take nothing from anybody. */
export interface YieldingPrefix {
  readonly id: string;
  /** What it has when they do not count. Absent: its own token. */
  readonly instead?: PrefixTokens[string];
  /** Who configured them, for the warning: a file. */
  readonly origin: string;
}

/** What the configuration says of tokens once those that yield have done so. */
export interface Yielded {
  readonly prefixes: PrefixTokens;
  /** Why tokens do not count: PREFISH_TOKEN_CONFLICT, by the id of their prefix. */
  readonly warnings: ReadonlyMap<string, PrefishError>;
}

/**
 * Takes the configured tokens away from each yielding prefix that has one which equals, extends or begins
 * the token of somebody else: one of `declared`, or one that is `refused`.
 */
export function yieldTokens(
  prefixes: PrefixTokens,
  yielding: readonly YieldingPrefix[],
  declared: readonly Declared[],
  refused: readonly RefusedToken[],
): Yielded {
  const counting: Record<string, PrefixTokens[string]> = { ...prefixes };
  const warnings = new Map<string, PrefishError>();
  const before = new Map(yielding.map(({ id, instead }) => [id, insteadOf(id, instead)]));
  for (const { id, instead, origin } of yielding) {
    const prefix = declared.find((each) => each.id === id);
    if (prefix === undefined) continue;
    const own = tokensOf(insteadOf(id, instead), prefix);
    const others = [
      ...declared
        .filter((other) => other.id !== id)
        .flatMap((other) => [
          ...tokensOf(prefixes, other),
          ...tokensOf(before.get(other.id) ?? prefixes, other),
          ...givenUp(before.get(other.id) ?? prefixes, other).map(({ token }) => token),
        ]),
      ...refused.map(({ token }) => token),
    ].filter((token) => token !== '' && ![...own, prefix.token].includes(token));
    for (const token of tokensOf(prefixes, prefix)) {
      const other =
        own.includes(token) || token === prefix.token
          ? undefined
          : others.find((each) => collide(each, token));
      if (other === undefined) continue;
      if (instead === undefined) delete counting[id];
      else counting[id] = instead;
      warnings.set(id, conflict({ id, origin }, token, other, own));
      break;
    }
  }
  return { prefixes: counting, warnings };
}

function insteadOf(id: string, instead: PrefixTokens[string] | undefined): PrefixTokens {
  return instead === undefined ? {} : { [id]: instead };
}

function collide(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one);
}

function conflict(
  { id, origin }: Pick<YieldingPrefix, 'id' | 'origin'>,
  token: string,
  other: string,
  own: readonly string[],
): PrefishError {
  const keeps = own.length === 0 ? 'has none' : `keeps ${own.join(' and ')}`;
  return new PrefishError(
    'PREFISH_TOKEN_CONFLICT',
    `${origin} gives "${id}" the token ${token}, which would take lines from ${other}: "${id}" ${keeps}`,
    { hint: `Choose another token in ${origin}; --no-config runs without that file.` },
  );
}
