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
 * The token of a new prefix: the one wanted, or a good one that is free. Which one depends on the prefix's
 * id, so that two plugins that are made one after the other seldom want the same.
 *
 * @throws PREFISH_USAGE when the one wanted is taken, or cannot be a token; when none is free
 */
export function chooseToken(wanted: string | undefined, id: string, taken: readonly TakenPrefix[]): string {
  const owners = new Map(taken.map((prefix) => [prefix.token, prefix.id]));
  if (wanted === undefined) {
    const first =
      Array.from(id).reduce((sum, character) => sum + character.codePointAt(0)!, 0) % candidates.length;
    const inOrder = [...candidates.slice(first), ...candidates.slice(0, first)];
    const free = inOrder.find((token) => !owners.has(token));
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
