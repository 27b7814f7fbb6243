import { errorMessage, isPrefishError, type EventBody } from '@prefish/protocol';
import type { Responsible } from './responsible.ts';

/** At most one error of a plugin is said in this time, in milliseconds. */
const quietMs = 1000;

/**
 * Says what plugins throw where nothing can catch it: in a timer, in a listener, in a promise that
 * nobody awaits. What comes in quick succession is counted, and said once a second.
 */
export class LateErrors {
  readonly #say: (event: EventBody) => void;
  readonly #held = new Map<string, { error: unknown; by: Responsible; count: number }>();

  constructor(say: (event: EventBody) => void) {
    this.#say = say;
  }

  report(error: unknown, by: Responsible): void {
    const held = this.#held.get(by.plugin);
    if (held !== undefined) {
      this.#held.set(by.plugin, { error, by, count: held.count + 1 });
      return;
    }
    this.#say(lateError(error, by, 1));
    this.#quiet(by);
  }

  #quiet(by: Responsible): void {
    this.#held.set(by.plugin, { error: undefined, by, count: 0 });
    setTimeout(() => {
      const held = this.#held.get(by.plugin)!;
      this.#held.delete(by.plugin);
      if (held.count === 0) return;
      this.#say(lateError(held.error, held.by, held.count));
      this.#quiet(held.by);
    }, quietMs).unref();
  }
}

function lateError(error: unknown, { plugin, hook }: Responsible, count: number): EventBody {
  const known = isPrefishError(error) ? error : undefined;
  const where = hook === undefined ? '' : ` (begun in ${hook})`;
  const again = count > 1 ? `, ${count} times` : '';
  return {
    type: 'error',
    code: known?.code ?? 'PREFISH_PLUGIN_LATE',
    message: `${plugin} threw where nothing could catch it${where}${again}: ${errorMessage(error)}`,
    plugin,
    hint: known?.hint ?? 'Await what may fail, or catch it. PREFISH_DEBUG=1 shows where it was thrown.',
  };
}
