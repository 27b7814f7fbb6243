import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../packages/server/src/store/sqlite-store.ts';
import { request } from '../../packages/server/test/fixtures/request.ts';
import { testServer } from '../../packages/server/test/fixtures/server.ts';
import { needs } from '../support/needs.ts';
import { violations } from './support/axe.ts';
import { useBrowser } from './support/browser.ts';
import { scriptedTasks } from './support/scripted-tasks.ts';

const browser = useBrowser();
const run = scriptedTasks({
  '!ok': async () => {},
  '!fails': async () => ({ code: 3 }),
  '!runs': async ({ hear }) => void (await hear()),
});

/** Adds tasks to the store of a server that does not run. */
async function addEnded(folder: string, count: number): Promise<void> {
  const store = openSqliteStore({ path: join(folder, 'tasks.db') });
  const asked = Array.from({ length: count }, () => request({ line: '!ok' }));
  await Promise.all(
    asked.map((one) => store.submit(one, { owner: '', place: 'this machine', sandbox: 'bwrap' })),
  );
  await Promise.all(asked.map(({ id }) => store.requestCancel(id)));
  await store.close();
}

describe('the list of tasks', () => {
  needs('chromium');

  test('shows each task as it is, and follows what becomes of it', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    await client.submit(await server.request('!ok'));
    await client.submit(await server.request('!fails'));
    await using opened = await browser.open(client);
    const { page } = opened;
    await page.getByRole('link', { name: /!ok .*completed/ }).waitFor();
    await page.getByRole('link', { name: /!fails .*failed, exit 3/ }).waitFor();

    const running = await client.submit(await server.request('!runs'));
    await page.getByRole('link', { name: /!runs .*working/ }).waitFor();
    expect(await page.title()).toContain('(1)');
    await client.cancel(running.id);
    await page.getByRole('link', { name: /!runs .*canceled/ }).waitFor();
    await client.remove(running.id);
    await expect.poll(() => page.getByRole('link', { name: '!runs' }).count()).toBe(0);
    expect(opened.errors).toEqual([]);
    expect([...opened.hosts]).toEqual([new URL(page.url()).host]);
  });

  test('is narrowed down by state, by words and by repository', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    await client.submit({ ...(await server.request('!ok')), title: 'Tidy the kitchen' });
    await client.submit({
      ...(await server.request('!fails')),
      title: 'Paint the fence',
      root: '/home/user/garden',
    });
    await using opened = await browser.open(client);
    const { page } = opened;
    const rows = page.locator('.task-row');
    await expect.poll(() => rows.count()).toBe(2);
    await page.getByRole('button', { name: /^Failed/ }).click();
    await expect.poll(() => rows.allInnerTexts()).toEqual([expect.stringContaining('Paint the fence')]);
    await page.getByRole('button', { name: /^All/ }).click();
    await page.keyboard.press('/');
    await page.keyboard.type('kitchen tidy');
    await expect.poll(() => rows.allInnerTexts()).toEqual([expect.stringContaining('Tidy the kitchen')]);
    await page.getByLabel('Search tasks').fill('');
    await page.getByLabel('Repository').selectOption('/home/user/garden');
    await expect.poll(() => rows.allInnerTexts()).toEqual([expect.stringContaining('Paint the fence')]);
  });

  test('is walked through with the keys of the terminal', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    const first = await client.submit(await server.request('!ok'));
    const second = await client.submit(await server.request('!runs'));
    await using opened = await browser.open(client);
    const { page } = opened;
    await page.getByRole('link', { name: /!ok .*completed/ }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/tasks/${first.id}`);
    await page.keyboard.press('r');
    await page.waitForURL((url) => !url.pathname.endsWith(first.id));
    await page.getByRole('heading', { name: '!ok' }).waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL((url) => url.pathname === '/');
    await page.locator(`[data-task="${second.id}"]`).focus();
    await page.keyboard.press('x');
    await page.getByRole('link', { name: /!runs .*canceled/ }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('cancel the task').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });

  test('holds thousands, of which only those in sight are in the document', async () => {
    await using server = await testServer({ run });
    await server.server.close();
    await addEnded(server.folder, 3000);
    await server.restart();
    await using opened = await browser.open(server.client);
    const { page } = opened;
    await page.getByRole('button', { name: 'All 3,000' }).waitFor();
    expect(await page.locator('.task-row').count()).toBeLessThan(40);
    await page.locator('.tasks-scroller').evaluate((list) => list.scrollTo(0, list.scrollHeight));
    await page.locator('.task-row').getByText('#1', { exact: true }).waitFor();
  });

  test.each([
    ['in the light', {}],
    ['in the dark', { colorScheme: 'dark' }],
    ['on a phone', { viewport: { width: 390, height: 760 }, hasTouch: true, isMobile: true }],
  ] as const)('leaves nothing to stumble over %s', async (_, options) => {
    await using server = await testServer({ run });
    const { client } = server;
    await client.submit(await server.request('!fails'));
    const { id } = await client.submit(await server.request('!runs'));
    await using opened = await browser.open(client, options);
    const { page } = opened;
    await page.getByRole('link', { name: /!runs .*working/ }).waitFor();
    await page.getByRole('link', { name: /!fails .*failed/ }).waitFor();
    expect(await violations(page)).toEqual([]);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wider).toBeLessThanOrEqual(0);
    await page.locator(`[data-task="${id}"]`).click();
    await page.getByRole('button', { name: 'Cancel' }).waitFor();
    expect(await violations(page)).toEqual([]);
  });
});
