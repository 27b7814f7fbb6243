import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { testServer } from '../../packages/server/test/fixtures/server.ts';
import { needs } from '../support/needs.ts';
import { violations } from './support/axe.ts';
import { useBrowser } from './support/browser.ts';
import { scriptedTasks } from './support/scripted-tasks.ts';

const browser = useBrowser();
const line = `!printf 'a' > a.txt; ${'for i in $(seq 1 40); do mkdir -p dir$i; done; '.repeat(20)}`;
/** Agents offer whole sentences. */
const always = `Yes, and do not ask again for npm commands in ${'/home/user/project'.repeat(5)}`;
const run = scriptedTasks({
  [line]: async ({ print }) => print('a line of what it says\n'.repeat(100)),
  asks: async ({ say, hear }) => {
    await say(
      { type: 'tool', id: '1', title: '`npm publish`', status: 'pending', detail: { kind: 'execute' } },
      { type: 'question', id: 'permission-1', text: '`npm publish`', choices: ['Yes', always, 'No'] },
    );
    await hear();
  },
});

/** What a finger may miss: what can be touched and is lower than 40 pixels. Links among words are as high as these. */
function tooLow(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('button, a, summary, input, textarea, select')]
      .filter((each) => each.checkVisibility({ visibilityProperty: true }) && each.closest('p, dd') === null)
      .filter((each) => each.getBoundingClientRect().height < 40)
      .map((each) => each.outerHTML.slice(0, 120)),
  );
}

describe('the page on a phone', () => {
  needs('chromium');

  test.each([
    ['upright', { width: 390, height: 780 }, 0.6],
    ['on its side', { width: 780, height: 360 }, 0.3],
  ] as const)(
    'leaves most of its height to what a task says, and room for a finger, %s',
    async (_, viewport, share) => {
      await using server = await testServer({ run });
      const { client } = server;
      const { id } = await client.submit(await server.request(line));
      const asks = await client.submit(await server.request('asks'));
      await using opened = await browser.open(client, { task: id, viewport, isMobile: true, hasTouch: true });
      const { page } = opened;
      await page.locator('article[data-state="completed"]').waitFor();
      const scroller = page.locator('.transcript-scroller');
      await expect
        .poll(async () => (await scroller.boundingBox())!.height)
        .toBeGreaterThan(viewport.height * share);
      expect(await tooLow(page)).toEqual([]);
      expect(await violations(page)).toEqual([]);

      // What has no place there is in the details.
      await page.getByText('Details').click();
      await page.locator('.more dl').getByText('bwrap').waitFor();

      await page.goto(new URL(`/tasks/${asks.id}`, page.url()).href);
      const question = page.getByRole('region', { name: 'Question' });
      await question.getByText('npm publish', { exact: true }).waitFor();
      const { x, width } = (await question.getByRole('button', { name: always }).boundingBox())!;
      expect(x + width).toBeLessThan(viewport.width);
      expect(await tooLow(page)).toEqual([]);
      await page.goto(new URL('/', page.url()).href);
      await page.getByRole('link', { name: /asks you/ }).waitFor();
      expect(await tooLow(page)).toEqual([]);
      expect(await page.locator('kbd:visible').count()).toBe(0);
      await page.goto(new URL('/account', page.url()).href);
      await page.getByText('Chrome').first().waitFor();
      expect(await tooLow(page)).toEqual([]);
    },
  );
});
