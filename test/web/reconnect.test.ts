import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pageUrl } from '@prefish/protocol';
import { describe, expect, test } from 'vitest';
import { testServer } from '../../packages/server/test/fixtures/server.ts';
import { needs } from '../support/needs.ts';
import { useBrowser } from './support/browser.ts';
import { scriptedTasks } from './support/scripted-tasks.ts';
import { stallingProxy } from './support/stalling-proxy.ts';
import { setHidden } from './support/visibility.ts';

const browser = useBrowser();
const run = scriptedTasks({
  '!echoes': async ({ print, hear }) => {
    await print('ready\n');
    for (let heard = 1; heard <= 3; heard++) {
      await hear();
      await print(`heard ${heard}\n`);
    }
  },
});

describe('a page that has lost its server', () => {
  needs('chromium');

  test('says so, and goes on with another one by itself', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    await using opened = await browser.openTask(server, '!echoes');
    const { page } = opened;
    await page.getByText('ready').waitFor();
    await server.server.close();
    const away = page.getByText('The server does not answer');
    await away.waitFor();
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.locator('.notice-failed').waitFor();
    await server.restart();
    await page.locator('article[data-state="failed"]').waitFor();
    // Neither above, nor of what was tried meanwhile.
    await expect.poll(() => away.count()).toBe(0);
    expect(await page.getByText('ready').count()).toBe(1);
    const next = await client.submit(await server.request('!echoes'));
    await page.locator(`[data-task="${next.id}"][data-state="working"]`).waitFor();
    expect(opened.errors).toEqual([]);
  });

  test('notices that nothing comes any more, and asks anew: no word is lost, none comes twice', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    const { id } = await client.submit(await server.request('!echoes'));
    const grant = await client.signInCode();
    await using proxy = await stallingProxy(Number(new URL(grant.url).port));
    const url = pageUrl({ ...grant, url: `http://127.0.0.1:${proxy.port}/` }, id);
    await using opened = await browser.visit(url);
    const { page } = opened;
    await page.clock.install();
    await page.getByText('ready').waitFor();
    await client.message(id, 'one');
    await page.getByText('heard 1').waitFor();
    proxy.stall();
    await client.message(id, 'two');
    await page.clock.fastForward(60_000);
    await page.getByText('heard 2').waitFor();
    await client.message(id, 'three');
    await page.getByText('heard 3').waitFor();
    await page.locator(`[data-task="${id}"][data-state="completed"]`).waitFor();
    const lines = (await page.locator('.output .line').allInnerTexts()).map((line) => line.trim());
    expect(lines).toEqual(['ready', 'heard 1', 'heard 2', 'heard 3']);
    expect(opened.errors).toEqual([]);
  });

  test('and its session with it, lets in again where it was, and shows nothing meanwhile', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    await using opened = await browser.openTask(server, '!echoes');
    const { page, id } = opened;
    await page.getByText('ready').waitFor();
    await server.server.close();
    rmSync(join(server.folder, 'page', 'sessions.json'));
    await server.restart();
    await client.signInCode();
    await page.getByRole('heading', { name: 'You were signed out' }).waitFor();
    expect(await page.locator('body').innerText()).not.toContain('!echoes');
    await page.getByLabel('Code or link').fill(pageUrl(await client.signInCode()));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('article[data-state="failed"]').waitFor();
    expect(new URL(page.url()).pathname).toBe(`/tasks/${id}`);
  });

  test('for one with a newer page, offers that, and loads it while nobody looks', async () => {
    await using server = await testServer({ run });
    await using opened = await browser.openTask(server, '!echoes');
    const { page } = opened;
    await page.getByText('ready').waitFor();
    await page.route(
      ({ pathname }) => pathname === '/',
      async (route) => {
        const answer = await route.fetch();
        await route.fulfill({
          response: answer,
          body: (await answer.text()).replace(/index-[\w-]+\.js/, 'index-newer.js'),
        });
      },
    );
    await server.restart();
    const newer = page.getByText('The server has a newer page.');
    await newer.waitFor();
    await page.getByRole('button', { name: 'Reload' }).waitFor();
    await page.unrouteAll();
    // What was typed is not thrown away.
    await page.getByLabel('Search tasks').fill('half a th');
    await setHidden(page, true);
    expect(await newer.count()).toBe(1);
    await page.getByLabel('Search tasks').fill('');
    await Promise.all([page.waitForEvent('load'), setHidden(page, true)]);
    await page.locator('article.task').waitFor();
    expect(await newer.count()).toBe(0);
  });
});
