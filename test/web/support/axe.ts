import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What a screen reader's user, or anybody with poor sight, would stumble over: rules of WCAG 2.2 A and AA that are broken. */
export async function violations(page: Page): Promise<string[]> {
  // Through the debugger, which the page's content policy does not concern.
  await page.evaluate(axe.source);
  const { violations: found } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }),
  );
  return found.map(
    ({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
  );
}
