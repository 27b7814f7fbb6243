import { setTimeout as delay } from 'node:timers/promises';

/** Within the grace that the kernel gives a handler, the killing included. */
const stopWithinMs = 4_000;

/**
 * From now until the result is disposed of: when the signal is aborted the agent is asked to stop, and ended
 * when it has not after 4 s.
 */
export function stopWhenAborted(
  signal: AbortSignal,
  agent: { ask(): Promise<unknown>; end(): Promise<void> },
): Disposable {
  const stopped = new AbortController();
  const stop = async (): Promise<void> => {
    void agent.ask().catch(() => {});
    await delay(stopWithinMs, undefined, { signal: stopped.signal });
    await agent.end();
  };
  const onAbort = (): void => void stop().catch(() => {});
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    [Symbol.dispose]() {
      stopped.abort();
      signal.removeEventListener('abort', onAbort);
    },
  };
}
