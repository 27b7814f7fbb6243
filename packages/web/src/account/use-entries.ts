import { useEffect, useState } from 'preact/hooks';
import { following, online } from '../server/connection.ts';
import { attempt } from '../task/attempt.ts';

/** How often a list is read again while somebody looks at it, in milliseconds. */
const interval = 5000;

/** An entry of a list that others may change as well. */
export interface Entry<T> {
  readonly value: T;
  /** It is there no more. */
  readonly gone: boolean;
}

/**
 * What the server lists, as it is now. Nothing moves while it is looked at, whatever is under the pointer: what is
 * gone says so where it was, and what is new comes last.
 */
export function useEntries<T extends { readonly id: string }>(
  read: () => Promise<readonly T[]>,
): { readonly entries: readonly Entry<T>[] | undefined; readonly load: () => Promise<unknown> } {
  const [entries, setEntries] = useState<readonly Entry<T>[]>();
  const load = (signal = new AbortController().signal): Promise<unknown> =>
    attempt(() =>
      following(async (answered) => {
        const fresh = new Map((await read()).map((value) => [value.id, value]));
        answered();
        setEntries((before = []) => [
          ...before.map(({ value }) => ({
            value: fresh.get(value.id) ?? value,
            gone: !fresh.has(value.id),
          })),
          ...[...fresh.values()]
            .filter(({ id }) => !before.some(({ value }) => value.id === id))
            .map((value) => ({ value, gone: false })),
        ]);
      }, signal),
    );
  useEffect(() => {
    const until = new AbortController();
    void load(until.signal);
    const timer = setInterval(() => {
      if (!document.hidden && online.value) void load(until.signal);
    }, interval);
    return () => {
      clearInterval(timer);
      until.abort();
    };
  }, []);
  return { entries, load };
}
