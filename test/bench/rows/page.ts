import { setTimeout as delay } from 'node:timers/promises';
import { pageUrl } from '@prefish/protocol';
import { chromium, type Page } from 'playwright-core';
import { testServer } from '../../../packages/server/test/fixtures/server.ts';
import { chromiumPath } from '../../support/capabilities.ts';
import { scriptedTasks } from '../../web/support/scripted-tasks.ts';
import { processTime } from '../process-time.ts';
import { interleaved, percentile, type Row } from '../row.ts';

/** How many events a round has, and how long they are apart, in milliseconds. */
const events = 40;
const pause = 100;
/** What is promised: nobody sees a delay of a tenth of a second (Nielsen, Usability Engineering, 1993, 5.5). */
const promised = 100;

/** Event handed to the server until it is text on a page, but for the slowest of a hundred. */
function eventToText(pages: number): Row {
  return {
    what: `event to text on the page, p99, ${pages} ${pages === 1 ? 'page' : 'pages'} open`,
    against: 'a tenth of a second',
    budget: 1,
    async measure({ node, folder: cwd, env }) {
      let line = 0;
      const run = scriptedTasks({
        '!clock': async ({ print, hear, signal }) => {
          for (let turn = await hear(); turn !== undefined && !signal.aborted; turn = await hear()) {
            for (const last = line + events; line < last; line++) {
              await print(`${line} at ${Date.now()};\n`);
              await delay(pause);
            }
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
      const figures = await interleaved(
        7,
        async () => {
          await server.client.message(id, 'go');
          const delays = await Promise.all(opened.map((page) => page.evaluate(takeDelays, events)));
          return percentile(delays.flat(), 0.99);
        },
        () => processTime(node, ['-e', '0'], { cwd, env }),
      );
      return { ...figures, baseline: promised, unit: 'ms' };
    },
  };
}

interface Noted {
  readonly delays: Map<string, number>;
  /** How many lines have been taken. */
  taken: number;
}

/** Runs in the page: notes how old each line is when it is first there. */
function noteDelays(): void {
  const noted: Noted = { delays: new Map(), taken: 0 };
  Object.assign(globalThis, { noted });
  new MutationObserver(() => {
    const shown = [...document.querySelectorAll('.output')].at(-1)?.textContent ?? '';
    for (const [, line, at] of shown.matchAll(/(\d+) at (\d{13});/g)) {
      if (!noted.delays.has(line!)) noted.delays.set(line!, Date.now() - Number(at));
    }
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
}

/** Runs in the page: what was noted of so many lines more, once they are there. */
async function takeDelays(lines: number): Promise<number[]> {
  const { noted } = globalThis as unknown as { readonly noted: Noted };
  while (noted.delays.size < noted.taken + lines) await new Promise((resolve) => setTimeout(resolve, 50));
  const delays = [...noted.delays.values()].slice(noted.taken, noted.taken + lines);
  noted.taken += lines;
  return delays;
}

export const onePage: Row = eventToText(1);
export const twentyPages: Row = eventToText(20);
