import { errorMessage, isPrefishError, type Event, type EventBody } from '@prefish/protocol';
import type { Host } from '../host.ts';

/** Numbers and dates what happens in a shell, and hands it to the host. */
export class EventLog {
  readonly #host: Host;
  #seq = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  write(body: EventBody & { readonly task?: string }): void {
    this.#host.event?.({ seq: ++this.#seq, at: new Date().toISOString(), ...body });
  }

  record(event: Event): void {
    if (this.#host.record === undefined) this.#host.event?.(event);
    else this.#host.record(event);
  }

  /** Says what went wrong; `plugin` is blamed for an error that names none. */
  report(type: 'error' | 'warning', error: unknown, plugin?: string): void {
    const known = isPrefishError(error) ? error : undefined;
    const blamed = known?.plugin ?? plugin;
    this.write({
      type,
      code: known?.code ?? 'PREFISH_PLUGIN_FAILED',
      message: errorMessage(error),
      ...(blamed === undefined ? {} : { plugin: blamed }),
      ...(known?.hint === undefined ? {} : { hint: known.hint }),
    });
  }

  /** A warning in the words of a plugin. */
  warn(plugin: string, code: string, message: string, hint?: string): void {
    this.write({ type: 'warning', code, message, plugin, ...(hint === undefined ? {} : { hint }) });
  }

  drain(): Promise<void> {
    return this.#host.drain?.() ?? Promise.resolve();
  }
}
