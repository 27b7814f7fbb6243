import type { EventBody } from '@prefish/protocol';

/** Writes events in order, many at once when they come faster than they can be made durable. */
export interface EventWriter {
  /** Takes events over. Resolves when more may come: at once, or after a write when much is waiting. Rejects when a write failed. */
  push(events: readonly EventBody[]): Promise<void>;
  /** Resolves when everything pushed is durable. */
  flush(): Promise<void>;
}

/** How many characters may wait for a write that is under way. */
const maxWaiting = 1024 * 1024;

/**
 * An {@link EventWriter} over `append`: one write at a time, what waits meanwhile goes into the next.
 * `onFailure` is called once when a write has failed; nothing is written after that.
 */
export function createEventWriter(
  append: (events: readonly EventBody[]) => Promise<void>,
  onFailure: () => void,
): EventWriter {
  let waiting: EventBody[] = [];
  let size = 0;
  let writing: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;

  const write = async (): Promise<void> => {
    try {
      while (waiting.length > 0) {
        const events = waiting;
        waiting = [];
        size = 0;
        await append(events);
      }
    } catch (error) {
      failure = { error };
      onFailure();
    }
    writing = undefined;
  };
  const check = (): void => {
    if (failure !== undefined) throw failure.error;
  };

  return {
    async push(events) {
      check();
      if (events.length === 0) return;
      for (const event of events) {
        waiting.push(event);
        size += sizeOf(event);
      }
      writing ??= write();
      if (size > maxWaiting) await writing;
      check();
    },
    async flush() {
      await (waiting.length > 0 ? (writing ??= write()) : writing);
      check();
    },
  };
}

/** About how many characters an event holds. */
function sizeOf(event: EventBody): number {
  // What there may be very many of is short of anything but its text.
  const isText = event.type === 'output' || event.type === 'message' || event.type === 'thought';
  return 256 + (isText ? event.text.length : JSON.stringify(event).length);
}
