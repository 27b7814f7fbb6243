import { PrefishError } from '@prefish/protocol';
import type { Offer } from '../runtime.ts';
import type { StoredTask } from '../store/store.ts';

type Prefixes = Offer['prefixes'];

/** The prefix whose lines a task may not begin with. */
const teleport = 'teleport';

/** The prefix that takes a line, as a shell would route it: the one with the longest token. */
function prefixOf(line: string, prefixes: Prefixes): Prefixes[number] | undefined {
  const matching = prefixes.filter(({ token }) => line.startsWith(token));
  return matching.toSorted((one, other) => other.token.length - one.token.length)[0];
}

/** Refuses a line that would make a task of its own. @throws PREFISH_TELEPORT_NESTED */
export function checkNotNested(line: string, prefixes: Prefixes): void {
  const prefix = prefixOf(line, prefixes);
  if (prefix?.id !== teleport) return;
  throw new PrefishError('PREFISH_TELEPORT_NESTED', 'A task cannot teleport a line of its own.', {
    hint: `Leave the ${prefix.token} at the beginning of the line out.`,
  });
}

/**
 * What takes a task up is a message to who took its line: a browser may send it, which may send no lines.
 *
 * @throws PREFISH_REQUEST_INVALID
 */
export function checkMessage({ task, request }: StoredTask, line: string, prefixes: Prefixes): void {
  const [earlier, later] = [prefixOf(request.line, prefixes), prefixOf(line, prefixes)];
  if (earlier?.id === later?.id && (earlier === undefined || earlier.messages === true)) return;
  throw new PrefishError('PREFISH_REQUEST_INVALID', `“${line}” is no message for task ${task.id}.`, {
    hint: 'Begin it with \\ where it begins like a command; send a command with &.',
  });
}
