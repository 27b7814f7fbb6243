import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { testServer } from '../../packages/server/test/fixtures/server.ts';
import { needs } from '../support/needs.ts';
import { useBrowser } from './support/browser.ts';
import { scriptedTasks } from './support/scripted-tasks.ts';

const browser = useBrowser();
const run = scriptedTasks({
  '!ok': async () => {},
  'says much': async ({ say }) => {
    for (let part = 1; part <= 100; part++) {
      await say(
        { type: 'message', role: 'agent', text: `Part **${part}**.` },
        { type: 'thought', text: 'Hm.' },
      );
    }
  },
});

const focused = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => (document.activeElement as HTMLElement).innerText.split('\n')[0]);

describe('where somebody is on the page', () => {
  needs('chromium');

  test('arrows scroll what is read, go through the list where it has the focus, and from tab to tab', async () => {
    await using server = await testServer({ run });
    await server.client.submit(await server.request('!ok'));
    await using opened = await browser.openTask(server, 'says much');
    const { page, id } = opened;
    await page.locator('article[data-state="completed"]').waitFor();
    const scroller = page.locator('.transcript-scroller');
    const below = (): Promise<number> =>
      scroller.evaluate((box) => box.scrollHeight - box.clientHeight - box.scrollTop);
    await expect.poll(below).toBeLessThan(2);
    await page.keyboard.press('ArrowUp');
    await expect.poll(below).toBeGreaterThan(40);
    const little = await below();
    await page.keyboard.press('PageUp');
    await expect.poll(below).toBeGreaterThan(little + 300);

    await page.locator(`[data-task="${id}"]`).focus();
    await page.keyboard.press('ArrowDown');
    expect(await focused(page)).toBe('!ok');

    await page.getByRole('tab', { name: 'Transcript' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.waitForURL(`**/tasks/${id}?show=changes`);
    expect(await focused(page)).toBe('Changes');
    await page.keyboard.press('ArrowRight');
    await page.waitForURL(`**/tasks/${id}`);
    expect(await focused(page)).toBe('Transcript');
  });

  test('on a phone a task has the focus when it is opened, and the list where it was left', async () => {
    await using server = await testServer({ run });
    for (let count = 0; count < 18; count++) await server.client.submit(await server.request('!ok'));
    const look = { viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true };
    await using opened = await browser.open(server.client, look);
    const { page } = opened;
    const list = page.locator('.tasks-scroller');
    await page.locator('[data-state="completed"]').getByText('#18', { exact: true }).waitFor();
    await list.evaluate((box) => box.scrollTo(0, box.scrollHeight));
    const first = page.locator('.task-row', { hasText: '#3 ' }).first();
    const id = await first.getAttribute('data-task');
    await first.tap();
    await page.getByRole('heading', { name: '!ok' }).waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement!.tagName)).toBe('H1');
    await page.getByRole('link', { name: 'Back to the list' }).tap();
    await expect
      .poll(() => page.evaluate(() => (document.activeElement as HTMLElement).dataset['task']))
      .toBe(id);
    expect(await list.evaluate((box) => box.scrollTop)).toBeGreaterThan(200);
  });

  test('on paper all of it stands below one another', async () => {
    await using server = await testServer({ run });
    await using opened = await browser.openTask(server, 'says much');
    const { page } = opened;
    await page.locator('article[data-state="completed"]').waitFor();
    await page.getByText('Part 100.').waitFor();
    expect(await page.getByText('Part 1.').count()).toBe(0);
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    await page.getByText('Part 1.').waitFor();
    expect(await page.locator('.message').count()).toBe(100);
    const tops = await page
      .locator('.message')
      .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().top));
    expect(tops).toEqual(tops.toSorted((one, other) => one - other));
    expect(await page.getByRole('button').count()).toBe(0);
    await page.emulateMedia({ media: 'screen' });
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    await expect.poll(() => page.locator('.message').count()).toBeLessThan(100);
    expect(opened.errors).toEqual([]);
  });
});
