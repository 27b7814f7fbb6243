import { PrefishError } from '@prefish/protocol';

/** A prefix that is there already. */
export interface TakenPrefix {
  readonly id: string;
  readonly token: string;
}

/** The prefixes that every prefish has. */
export const defaultPrefixes: readonly TakenPrefix[] = [
  { id: 'shell', token: '!' },
  { id: 'shell-private', token: '!!' },
  { id: 'memory', token: '#' },
  { id: 'teleport', token: '&' },
];

/** Tokens that read well, and that no shell, Markdown or prefish itself gives a meaning at the start of a line. */
const candidates: readonly string[] = ['>', '^', '%', '+', '=', '~', '@', ':', ';', ','];

/**
 * The token of a new prefix: the one wanted, or the first good one that is free.
 *
 * @throws PREFISH_USAGE when the one wanted is taken, or cannot be a token; when none is free
 */
export function chooseToken(wanted: string | undefined, taken: readonly TakenPrefix[]): string {
  const owners = new Map(taken.map(({ token, id }) => [token, id]));
  if (wanted === undefined) {
    const free = candidates.find((token) => !owners.has(token));
    if (free !== undefined) return free;
    throw new PrefishError('PREFISH_USAGE', 'Every usual token is taken', { hint: 'Name one with --token.' });
  }
  if (wanted === '' || /[\s\p{Cc}]/u.test(wanted) || /^[/\\]/.test(wanted)) {
    throw new PrefishError('PREFISH_USAGE', `${JSON.stringify(wanted)} cannot be a token`, {
      hint: 'A token is one character or several, without spaces, and does not begin with / or \\.',
    });
  }
  const owner = owners.get(wanted);
  if (owner === undefined) return wanted;
  throw new PrefishError('PREFISH_USAGE', `The token ${wanted} is that of the prefix "${owner}"`, {
    hint: 'Choose another with --token, or none: then a free one is taken.',
  });
}
