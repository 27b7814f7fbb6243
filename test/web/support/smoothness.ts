import type { Page } from 'playwright-core';

/** How a page has held up since it was asked last. Times are in milliseconds. */
export interface Smoothness {
  /** The longest that the page did nothing else (Long Tasks API). */
  readonly longestTask: number;
  /** The longest between two frames that it was ready to draw. */
  readonly longestGap: number;
  /** What its scripts hold, in MB. */
  readonly memory: number;
}

interface Noted {
  smoothness: { longestTask: number; longestGap: number };
}

/** Has a page note how smoothly it goes. */
export async function watchSmoothness(page: Page): Promise<() => Promise<Smoothness>> {
  await page.evaluate(() => {
    const noted = { longestTask: 0, longestGap: 0 };
    (globalThis as unknown as Noted).smoothness = noted;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) noted.longestTask = Math.max(noted.longestTask, duration);
    }).observe({ type: 'longtask' });
    let last = performance.now();
    const frame = (now: number): void => {
      noted.longestGap = Math.max(noted.longestGap, now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  return () =>
    page.evaluate(() => {
      const { smoothness } = globalThis as unknown as Noted;
      const { memory } = performance as unknown as { memory: { usedJSHeapSize: number } };
      const read = {
        longestTask: Math.round(smoothness.longestTask),
        longestGap: Math.round(smoothness.longestGap),
        memory: Math.round(memory.usedJSHeapSize / 1e6),
      };
      Object.assign(smoothness, { longestTask: 0, longestGap: 0 });
      return read;
    });
}
