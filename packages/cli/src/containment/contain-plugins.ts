import type { EventBody } from '@prefish/protocol';
import { captureStreams } from './capture-streams.ts';
import { LateErrors } from './late-errors.ts';
import { ownStreams } from './own-streams.ts';
import { refuseToEnd } from './process-end.ts';
import { findResponsible, type Responsible } from './responsible.ts';

let late: LateErrors | undefined;

const somebody: Responsible = { plugin: 'a plugin' };

/**
 * Keeps plugins from what belongs to the whole process: its output, its end, and errors that nothing
 * catches. Once for the process and until its end, before any plugin is loaded. What they print, and
 * what is to be said about them, goes to `say`.
 */
export function containPlugins(say: (event: EventBody) => void): void {
  late = new LateErrors(say);
  refuseToEnd(() => findResponsible() ?? somebody);
  const warned = new Set<string>();
  captureStreams((text, stream) => {
    const { plugin, hook } = findResponsible() ?? somebody;
    const handler = `${plugin} ${hook}`;
    if (!warned.has(handler)) {
      warned.add(handler);
      say({
        type: 'warning',
        code: 'PREFISH_PLUGIN_OUTPUT',
        message: `${plugin} printed past prefish${hook === undefined ? '' : ` (${hook})`}`,
        plugin,
        hint: 'Inside a handler, ctx.out prints; elsewhere, shell.notify() does.',
      });
    }
    // Outside of a line there is nobody who asked for it: it must not get into what a script reads.
    say({ type: 'output', stream: hook === undefined || hook === 'setup' ? 'stderr' : stream, text });
  });
  // Node's warnings about a plugin's code are for its author, and would be printed into the edited line.
  if (process.env['PREFISH_DEBUG'] !== '1') process.removeAllListeners('warning');
}

/**
 * Says an error that nothing caught, when it is a plugin's. False when it is not, or when no plugins
 * have been loaded: then prefish itself has failed.
 */
export function containError(error: unknown): boolean {
  const stack = error instanceof Error ? error.stack : undefined;
  const responsible = late === undefined ? undefined : findResponsible(stack ?? '');
  if (responsible === undefined) return false;
  late?.report(error, responsible);
  if (process.env['PREFISH_DEBUG'] === '1' && stack !== undefined) ownStreams.stderr.write(`${stack}\n`);
  return true;
}
