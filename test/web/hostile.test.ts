import { describe, expect, test } from 'vitest';
import { testServer } from '../../packages/server/test/fixtures/server.ts';
import { needs } from '../support/needs.ts';
import { useBrowser } from './support/browser.ts';
import { scriptedTasks } from './support/scripted-tasks.ts';

const browser = useBrowser();
const marker = 'globalThis.pwned=true';
const html = `<img src=x onerror="${marker}"><script>${marker}</script><svg onload="${marker}"></svg><iframe src="javascript:${marker}"></iframe>`;
const links = `[a](javascript:${marker}) [b](data:text/html,<script>${marker}</script>) [c](vbscript:x) [d](https://example.com/d "t")
![e](https://evil.example/pixel.png) <https://example.com/f> [g](JaVaScRiPt:${marker}) [h](//evil.example/x)`;
const bidi = 'safe\u202Egpj.exe\u2066';
const controls =
  '\u001B]0;title\u0007\u001B]8;;javascript:alert(1)\u001B\\link\u001B]8;;\u001B\\\u001B[2J\u001B[1;1Hhome\u009b31m';

const run = scriptedTasks({
  [html]: async ({ say, print }) => {
    await say(
      { type: 'message', role: 'user', text: html },
      { type: 'message', role: 'agent', text: `${html}\n\n${links}\n\n\`\`\`html\n${html}\n\`\`\`` },
      { type: 'thought', text: html },
      {
        type: 'tool',
        id: 't',
        title: html,
        status: html,
        detail: { output: html, diff: `@@ -1 +1 @@\n-${html}\n+${bidi}`, more: html },
      },
      { type: 'tool', id: '__proto__', title: 'proto', status: 'constructor', detail: [html] },
      { type: 'plan', entries: [{ text: html, status: 'pending' }] },
      { type: 'question', id: html, text: html, choices: [html, bidi] },
      { type: 'progress', what: html, done: 1, total: 2 },
      { type: 'warning', code: html, message: html, hint: html },
    );
    await print(`${html}\n${bidi}\n${controls}\n`);
    await print(`${'x'.repeat(10 * 2 ** 20)}\n`);
    await print('after the long line\n');
    return { code: 1 };
  },
});

describe('content that means harm', () => {
  needs('chromium');

  test('is text', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    const hostile = await server.request(html);
    const { id } = await client.submit({ ...hostile, title: html, root: `/home/${bidi}` });
    await using opened = await browser.open(client, { task: id });
    const { page } = opened;
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await page.getByText('after the long line').waitFor();
    await page.locator('article[data-state="failed"]').waitFor();
    const output = await page.locator('.output .line').allInnerTexts();
    expect(output.find((line) => line.includes('xxx'))!.length).toBeLessThan(5000);
    expect(output.join('')).toContain('10,481,760 characters more');

    await page.locator('.transcript-scroller').evaluate((box) => box.scrollTo(0, 0));
    await page.locator('.message-agent').waitFor();
    await page.locator('details.thought, details.tool').first().waitFor();
    for (const summary of await page.locator('.transcript summary').all()) await summary.click();
    expect(await page.locator('.message-user').innerText()).toBe(html);
    expect(await page.locator('.message-agent').innerText()).toContain(html);
    const hrefs = await page
      .locator('.transcript a')
      .evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).getAttribute('href')));
    expect(hrefs.filter((href) => href !== null).sort()).toEqual([
      'https://example.com/d',
      'https://example.com/f',
    ]);
    const rels = await page
      .locator('.transcript a')
      .evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).rel));
    expect(new Set(rels)).toEqual(new Set(['noopener noreferrer nofollow']));
    expect(
      await page
        .locator('.transcript img, .transcript svg:not(.icon), .transcript iframe, .transcript script')
        .count(),
    ).toBe(0);
    expect(await page.locator('body').innerText()).not.toMatch(/[\u202E\u2066\u001B\u009B]/);
    expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false);
    expect(dialogs).toEqual([]);
    expect([...opened.hosts]).toEqual([new URL(page.url()).host]);
    expect(opened.errors).toEqual([]);
  });
});
