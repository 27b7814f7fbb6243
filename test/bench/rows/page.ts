import { setTimeout as delay } from 'node:timers/promises';
import { pageUrl } from '@prefish/protocol';
import { chromium, type Page } from 'playwright-core';
import { testServer } from '../../../packages/server/test/fixtures/server.ts';
import { chromiumPath } from '../../support/capabilities.ts';
import { scriptedTasks } from '../../web/support/scripted-tasks.ts';
import { percentile, type Row } from '../row.ts';

/** How many events each page waits for, and how long they are apart, in milliseconds. */
const events = 50;
const pause = 100;
/** What is promised: nobody sees a delay of a tenth of a second (Nielsen, Usability Engineering, 1993, 5.5). */
const promised = 100;

/** Event handed to the server until it is text on a page, but for the slowest of a hundred. */
function eventToText(pages: number): Row {
  return {
    what: `event to text on the page, p99, ${pages} ${pages === 1 ? 'page' : 'pages'} open`,
    against: 'a tenth of a second',
    budget: 1,
    async measure() {
      const run = scriptedTasks({
        '!clock': async ({ print, hear }) => {
          await hear();
          for (let line = 0; line < events; line++) {
            await print(`${line} at ${Date.now()};\n`);
            await delay(pause);
          }
        },
      });
      await using server = await testServer({ run });
      const { id } = await server.client.submit(await server.request('!clock'));
      const executablePath = chromiumPath();
      if (executablePath === undefined) throw new Error('Chromium does not run here');
      await using browser = await chromium.launch({
        executablePath,
        args: ['--no-sandbox', '--disable-gpu'],
      });
      const opened: Page[] = [];
      for (let page = 0; page < pages; page++) {
        opened.push(await browser.newPage());
        await opened.at(-1)!.goto(pageUrl(await server.client.signInCode(), id));
        await opened.at(-1)!.locator('article[data-state="working"]').waitFor();
        await opened.at(-1)!.evaluate(noteDelays);
      }
      await server.client.message(id, 'go');
      const delays: number[] = [];
      for (const page of opened) {
        await page.locator('article[data-state="completed"]').waitFor();
        delays.push(...(await page.evaluate(() => [...(globalThis as unknown as Noted).delays.values()])));
      }
      return { value: percentile(delays, 0.99), baseline: promised, unit: 'ms' };
    },
  };
}

interface Noted {
  delays: Map<string, number>;
}

/** Runs in the page: notes how old each line is when it is first there. */
function noteDelays(): void {
  const delays = new Map<string, number>();
  Object.assign(globalThis, { delays });
  new MutationObserver(() => {
    for (const [, line, at] of document.body.textContent.matchAll(/(\d+) at (\d{13});/g)) {
      if (!delays.has(line!)) delays.set(line!, Date.now() - Number(at));
    }
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
}

export const onePage: Row = eventToText(1);
export const twentyPages: Row = eventToText(20);
