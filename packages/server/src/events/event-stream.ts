import { keepAliveFrame } from './frames.ts';

/**
 * A body that carries frames as fast as its reader takes them, and a comment whenever there was
 * nothing to send for `keepAlive` milliseconds. `cancel` is called when the reader goes away.
 */
export function eventStream(
  frames: AsyncGenerator<Uint8Array, void, undefined>,
  options: { readonly keepAlive: number; readonly cancel: () => void },
): ReadableStream<Uint8Array> {
  let pending: Promise<IteratorResult<Uint8Array, void>> | undefined;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        pending ??= frames.next();
        const next = await withinTime(pending, options.keepAlive);
        if (next === undefined) {
          controller.enqueue(keepAliveFrame);
          return;
        }
        pending = undefined;
        if (next.done) controller.close();
        else controller.enqueue(next.value);
      },
      cancel() {
        options.cancel();
        // Ends a generator that waits for its next reader; the one that reads now ends by itself.
        void frames.return();
      },
    },
    { highWaterMark: 0 },
  );
}

async function withinTime<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, milliseconds, undefined);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
