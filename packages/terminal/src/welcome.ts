import type { Shell } from '@prefish/core';

/** So many prefixes fit in a line that is read. */
const maxPrefixes = 4;

/** What whoever starts prefish for the first time has to know, in three lines. */
export function welcome({ prefixes }: Pick<Shell, 'prefixes'>): string {
  const named = prefixes
    .filter(
      ({ token }, index) => token !== '' && prefixes.findIndex((other) => other.token === token) === index,
    )
    .slice(0, maxPrefixes)
    .map(({ token, id }) => `${token} ${id}`);
  return [
    'A line goes where its first character says:',
    `  ${[...named, '/ commands'].join(' · ')}`,
    '? lists them all · Ctrl+D leaves · Tab completes',
  ].join('\n');
}
