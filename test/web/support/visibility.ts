import type { Page } from 'playwright-core';

/** Has a page believe that nobody sees it, or that somebody does again. */
export async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((is) => {
    Object.defineProperty(document, 'hidden', { configurable: true, value: is });
    Object.defineProperty(document, 'visibilityState', {
      configurable: true,
      value: is ? 'hidden' : 'visible',
    });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
}
