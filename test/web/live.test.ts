import { setTimeout as delay } from 'node:timers/promises';
import type { EventBody } from '@prefish/protocol';
import { describe, expect, test } from 'vitest';
import { testServer } from '../../packages/server/test/fixtures/server.ts';
import { needs } from '../support/needs.ts';
import { until } from '../support/until.ts';
import { useBrowser } from './support/browser.ts';
import { scriptedTasks } from './support/scripted-tasks.ts';
import { setHidden } from './support/visibility.ts';

const browser = useBrowser();
const lines = 20_000;

const toolCall = (call: number): EventBody => ({
  type: 'tool',
  id: String(call),
  title: `call ${call}.`,
  status: 'completed',
});

const run = scriptedTasks({
  '!clock': async ({ print, hear, signal }) => {
    await hear();
    // Each line says when it was handed over.
    for (let line = 0; line < 20 && !signal.aborted; line++) {
      await print(`${line} at ${Date.now()}\n`);
      await delay(30);
    }
  },
  '!counts': async ({ print, hear, signal }) => {
    for (let line = 1; line <= 300 && !signal.aborted; line++) await print(`line ${line}.\n`);
    await hear();
  },
  '!talk': async ({ print, hear }) => {
    await hear();
    for (let word = 1; word <= 20; word++) {
      await print(`word ${word}.\n`);
      await delay(20);
    }
    await hear();
  },
  '!flood': async ({ print, say }) => {
    for (let call = 0; call < lines; call += 1000) {
      await say(...Array.from({ length: 1000 }, (_, index) => toolCall(call + index)));
    }
    for (let line = 1; line <= lines; line += 100) {
      await print(Array.from({ length: 100 }, (_, index) => `flood ${line + index}.\n`).join(''));
    }
  },
});

describe('a page that is open', () => {
  needs('chromium');

  test('shows what is said within a tenth of a second', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    const { id } = await client.submit(await server.request('!clock'));
    await using opened = await browser.open(client, { task: id });
    const { page } = opened;
    await page.locator('article[data-state="working"]').waitFor();
    await page.evaluate(() => {
      const late = new Map<string, number>();
      Object.assign(globalThis, { late });
      new MutationObserver(() => {
        for (const [, line, at] of document.body.innerText.matchAll(/(\d+) at (\d{13})/g)) {
          if (!late.has(line!)) late.set(line!, Date.now() - Number(at));
        }
      }).observe(document.body, { childList: true, subtree: true, characterData: true });
    });
    await client.message(id, 'go');
    await page.locator('article[data-state="completed"]').waitFor();
    const late = await page.evaluate(() => [
      ...(globalThis as unknown as { late: Map<string, number> }).late.values(),
    ]);
    expect(late).toHaveLength(20);
    expect(late.sort((a, b) => a - b)[10]).toBeLessThan(100);
  });

  test('draws nothing while nobody sees it, and all of it then', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    const { id } = await client.submit(await server.request('!talk'));
    await using opened = await browser.open(client, { task: id });
    const { page } = opened;
    await page.locator('article[data-state="working"]').waitFor();
    await page.evaluate(() => {
      const drawn = new Set<string>();
      Object.assign(globalThis, { drawn });
      const look = (): unknown => drawn.add(document.querySelector('.output')?.textContent ?? '');
      new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
    });
    await setHidden(page, true);
    await client.message(id, 'go');
    await until(async () => {
      let said = 0;
      for await (const { type } of client.history(id)) if (type === 'output') said++;
      return said === 20;
    }, 'all to be said');
    await setHidden(page, false);
    await page.getByText('word 20.').waitFor();
    const drawn = await page.evaluate(() => (globalThis as unknown as { drawn: Set<string> }).drawn.size);
    expect(drawn).toBeLessThan(5);
  });

  test('goes on when the server has started again: nothing is lost, nothing comes twice', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    const { id } = await client.submit(await server.request('!counts'));
    await using opened = await browser.open(client, { task: id });
    const { page } = opened;
    await page.getByText('line 300.').waitFor();
    const address = page.url();

    await server.restart();
    await page.locator('article[data-state="failed"]').waitFor();
    await page.getByText('worker-lost').first().waitFor();
    const log = await page.evaluate(async (path) => (await fetch(path)).text(), `/v1/tasks/${id}/log`);
    expect(log.match(/line \d+\./g)).toHaveLength(300);
    const texts: string[] = [];
    for (const top of [0, 1500, 3000, 4500, 6000]) {
      await page.locator('.transcript-scroller').evaluate((box, to) => box.scrollTo(0, to), top);
      await page.waitForFunction(
        (to) => Math.abs(document.querySelector('.transcript-scroller')!.scrollTop - to) < 1000,
        top,
      );
      texts.push(...(await page.locator('.output .line').allInnerTexts()));
    }
    const seen = new Map<string, number>();
    for (const text of texts) seen.set(text, (seen.get(text) ?? 0) + 1);
    expect([...seen.keys()].filter((text) => text.startsWith('line'))).toHaveLength(300);
    expect(page.url()).toBe(address);

    const next = await client.submit(await server.request('!counts'));
    await page.locator(`[data-task="${next.id}"][data-state="working"]`).waitFor();
    expect(opened.errors).toEqual([]);
  });

  test('follows a flood to its end, and holds still for who reads further up', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    const { id } = await client.submit(await server.request('!flood'));
    await using opened = await browser.open(client, { task: id });
    const { page } = opened;
    await page.getByText(`flood ${lines}.`).waitFor();
    expect(await page.locator('.output .line').count()).toBeLessThan(1200);
    await page.locator('.transcript-scroller').evaluate((box) => box.scrollTo(0, 0));
    await page.getByText('call 1.', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'To the end' }).click();
    await page.getByText(`flood ${lines}.`).waitFor();
  });
});
