import { describe, expect, test } from 'vitest';
import { testServer } from '../../packages/server/test/fixtures/server.ts';
import { needs } from '../support/needs.ts';
import { until } from '../support/until.ts';
import { violations } from './support/axe.ts';
import { useBrowser } from './support/browser.ts';
import { scriptedTasks } from './support/scripted-tasks.ts';

const browser = useBrowser();
const run = scriptedTasks({
  '!ok': async () => {},
  '!fails': async () => ({ code: 3 }),
  '!runs': async ({ hear }) => void (await hear()),
});

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

  test('counts what is found, says what a task waits for and why one failed, and has first what goes on', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    await client.submit({ ...(await server.request('!ok')), title: 'Tidy the kitchen' });
    await client.submit({ ...(await server.request('!fails')), title: 'Paint the fence' });
    await client.submit(await server.request('!runs', { timeout: 0.2 }));
    const canceled = await client.submit(await server.request('!runs'));
    await client.cancel(canceled.id);
    const first = await client.submit(await server.request('!runs'));
    await client.submit({ ...(await server.request('!ok', { after: [first.id] })), title: 'Then this' });
    await client.submit({ ...(await server.request('!ok')), title: 'Tidy the shed' });
    await using opened = await browser.open(client);
    const { page } = opened;
    await page.getByRole('link', { name: /#3 failed, timeout/ }).waitFor();
    await page.getByRole('link', { name: /#4 canceled/ }).waitFor();
    await page.getByRole('link', { name: /Then this .*#6 waits for #5 !runs/ }).waitFor();
    await page.getByRole('link', { name: /Tidy the shed .*#7 completed/ }).waitFor();
    const numbers = page.locator('.task-number');
    await expect.poll(() => numbers.allInnerTexts()).toEqual(['#5', '#6', '#7', '#4', '#3', '#2', '#1']);
    const chips = page.getByRole('group', { name: 'States' });
    const counts = ['All 7', 'Running 1', 'Waiting 1', 'Done 2', 'Failed 2', 'Canceled 1'];
    await expect.poll(() => chips.getByRole('button').allTextContents()).toEqual(counts);
    await page.getByLabel('Search tasks').fill('tidy');
    await expect.poll(() => chips.getByRole('button').allTextContents()).toEqual(['All 2', 'Done 2']);
    expect(await page.title()).toContain('(2)');
  });

  test('marks what has ended since somebody looked, until it is opened', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    const before = await client.submit(await server.request('!ok'));
    const running = await client.submit(await server.request('!runs'));
    await using opened = await browser.open(client);
    const { page } = opened;
    await page.locator(`[data-task="${before.id}"][data-state="completed"]`).waitFor();
    await page.locator(`[data-task="${running.id}"][data-state="working"]`).waitFor();
    await page.goto('about:blank');
    await client.cancel(running.id);
    await until(async () => (await client.get(running.id)).state === 'canceled', 'the task to end');
    await page.goBack();
    const marked = page.getByRole('link', { name: /^new: / });
    await marked.waitFor();
    expect(await marked.getAttribute('data-task')).toBe(running.id);
    expect(await violations(page)).toEqual([]);
    await marked.click();
    await page.locator('article[data-state="canceled"]').waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL((url) => url.pathname === '/');
    await expect.poll(() => marked.count()).toBe(0);
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
    await page.getByRole('alertdialog').waitFor();
    await page.keyboard.press('y');
    await page.getByRole('link', { name: /!runs .*canceled/ }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('cancel the task').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });

  test('marks what nothing contains, and which task is open, in the colours of its user too', async () => {
    const unsandboxed = scriptedTasks({ '!ok': async () => {} }, 'none');
    await using server = await testServer({ run: unsandboxed });
    const { id } = await server.client.submit(await server.request('!ok', { network: 'allowlist' }));
    await using opened = await browser.open(server.client, { task: id, forcedColors: 'active' });
    const { page } = opened;
    const row = page.getByRole('link', { name: /!ok .*completed.*unsandboxed/ });
    await row.waitFor();
    const facts = page.locator('.facts');
    await facts.getByText('unsandboxed', { exact: true }).waitFor();
    await facts.getByText('network allowlist', { exact: true }).waitFor();
    expect(await row.evaluate((link) => getComputedStyle(link).borderLeftWidth)).toBe('4px');
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
