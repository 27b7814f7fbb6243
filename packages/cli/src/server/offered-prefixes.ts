import type { ShellView } from '@prefish/core';
import type { ServerInfo } from '@prefish/protocol';

/** The prefixes of a shell whose lines a task may run. Plain text is no line of a task yet. */
export function offeredPrefixes({ prefixes }: Pick<ShellView, 'prefixes'>): ServerInfo['prefixes'] {
  return prefixes
    .filter(({ teleport, token }) => teleport !== false && token !== '')
    .map(({ id, token }) => ({ id, token }));
}
