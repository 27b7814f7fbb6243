import type { EventBody } from '@prefish/core';

type ToolCall = EventBody & { readonly type: 'tool' };

/** So many calls are kept back, so that a flood of them fills no memory. */
const mostOpen = 500;

/** Says of each tool call how it ended, once; of one that goes on for longer than `patience`, also that it has begun. */
export class SettledCalls {
  readonly #show: (call: ToolCall) => void;
  readonly #patience: number;
  readonly #open = new Map<string, { call: ToolCall; readonly timer: NodeJS.Timeout | undefined }>();

  /** @param patience in milliseconds; infinite where nobody waits for what comes */
  constructor(show: (call: ToolCall) => void, patience: number) {
    this.#show = show;
    this.#patience = patience;
  }

  take(call: ToolCall): void {
    const open = this.#open.get(call.id);
    if (call.status === 'completed' || call.status === 'failed') {
      clearTimeout(open?.timer);
      this.#open.delete(call.id);
      this.#show(call);
    } else if (open !== undefined) {
      open.call = call;
    } else {
      if (this.#open.size >= mostOpen) this.end();
      this.#open.set(call.id, { call, timer: this.#begun(call.id) });
    }
  }

  /** The calls that have not ended, when no more will be said of them. */
  end(): void {
    for (const { call, timer } of this.#open.values()) {
      clearTimeout(timer);
      this.#show(call);
    }
    this.#open.clear();
  }

  #begun(id: string): NodeJS.Timeout | undefined {
    if (!Number.isFinite(this.#patience)) return undefined;
    return setTimeout(() => {
      const open = this.#open.get(id);
      if (open !== undefined) this.#show(open.call);
    }, this.#patience);
  }
}
