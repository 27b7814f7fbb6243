import type { ServerInfo } from '@prefish/protocol';
import { signal } from '@preact/signals';
import { server } from '../server/server.ts';

const prefixes = signal<ServerInfo['prefixes'] | undefined>(undefined);

/** Asks the server which lines there are. */
export async function loadPrefixes(): Promise<void> {
  const info = await server.info().catch(() => undefined);
  prefixes.value = info?.prefixes ?? [];
}

/** Whether a task of this line reads messages while it runs. Of a prefix that is not known, it may. */
export function takesMessages(line: string): boolean {
  if (prefixes.value === undefined) return false;
  const [owner] = prefixes.value
    .filter(({ token }) => line.startsWith(token))
    .sort((one, other) => other.token.length - one.token.length);
  return owner === undefined || owner.messages === true;
}
