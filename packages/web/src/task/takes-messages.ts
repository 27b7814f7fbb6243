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
  const owner = ownerOf(line);
  return owner === undefined || owner.messages === true;
}

/**
 * Whether a line is words for an agent, with which a task of such words goes on after its end: no token begins it.
 * The agent's own prefix has an empty one, which begins every line.
 */
export function isPlain(line: string): boolean {
  return prefixes.value !== undefined && (ownerOf(line)?.token ?? '') === '';
}

/** Words as a line that no other prefix takes. */
export function plainLine(text: string): string {
  return /^[\\/]/.test(text) || !isPlain(text) ? `\\${text}` : text;
}

function ownerOf(line: string): ServerInfo['prefixes'][number] | undefined {
  return prefixes.value
    ?.filter(({ token }) => line.startsWith(token))
    .sort((one, other) => other.token.length - one.token.length)[0];
}
