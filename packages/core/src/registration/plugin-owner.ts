/** A loaded plugin, as the owner of what it registered, of its taps and of the handlers that run. */
export class PluginOwner {
  readonly name: string;
  /** The handlers of lines that run now. */
  readonly running: Set<Promise<unknown>> = new Set();
  readonly #controller = new AbortController();
  #closed = false;

  constructor(name: string) {
    this.name = name;
  }

  /** Aborted when the plugin is unloaded, or its shell closes. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether it can register nothing any more, and its taps do nothing. */
  get closed(): boolean {
    return this.#closed;
  }

  abort(): void {
    this.#controller.abort();
  }

  close(): void {
    this.abort();
    this.#closed = true;
  }
}
