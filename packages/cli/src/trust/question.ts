import { keyOf } from './trusted-path.ts';
import type { Inspection } from './trust.ts';

/** How many files the question names. */
const mostShown = 30;

/** What is to be trusted, for a person who decides: whose, what it would do, and with which files. */
export function describeInspection({ root, files, added, effects, remarks }: Inspection): string {
  const named = [...files, ...added];
  const shown = named
    .slice(0, mostShown)
    .map(
      ({ path, hash, since }) =>
        `  ${hash.slice(0, 8)}  ${visible(keyOf(path, root))}${since === undefined ? '' : ` (${since})`}`,
    );
  const more = named.length - shown.length;
  return [
    `The configuration of ${visible(root)} would`,
    ...effects.map((effect) => `  ${visible(effect)}`),
    'with these files, as they are now:',
    ...shown,
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...remarks.map((remark) => `Beware: ${visible(remark)}.`),
  ].join('\n');
}

/**
 * A name as it is, with every character that would not be seen as itself (controls, line breaks, marks of
 * direction, what has no width) written as its code: a repository chooses its names.
 */
export function visible(text: string): string {
  return text.replaceAll(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
