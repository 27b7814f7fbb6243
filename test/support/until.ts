import { setTimeout as delay } from 'node:timers/promises';

/** Asks `condition` again and again until it gives something truthy, and resolves with that. */
export async function until<T>(
  condition: () => T | Promise<T>,
  what: string,
  timeout = 40_000,
): Promise<Exclude<T, undefined | null | false | 0 | ''>> {
  const deadline = Date.now() + timeout;
  for (;;) {
    const value = await condition();
    if (value) return value as Exclude<T, undefined | null | false | 0 | ''>;
    if (Date.now() > deadline) throw new Error(`waited ${timeout} ms for ${what}`);
    await delay(20);
  }
}
