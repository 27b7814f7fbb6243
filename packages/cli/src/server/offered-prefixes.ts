import type { ShellView } from '@prefish/core';
import type { ServerInfo } from '@prefish/protocol';

/** The prefixes of a shell whose lines a task may run; the empty token where plain text is among them. */
export function offeredPrefixes({ prefixes }: Pick<ShellView, 'prefixes'>): ServerInfo['prefixes'] {
  return prefixes.flatMap(({ id, token, teleport }) =>
    teleport === false ? [] : [{ id, token, ...(teleport.messages === true && { messages: true }) }],
  );
}
