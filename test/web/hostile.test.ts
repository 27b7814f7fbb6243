import { describe, expect, test } from 'vitest';
import { testServer } from '../../packages/server/test/fixtures/server.ts';
import { needs } from '../support/needs.ts';
import { useBrowser } from './support/browser.ts';
import { scriptedTasks } from './support/scripted-tasks.ts';
import { watchSmoothness } from './support/smoothness.ts';

const browser = useBrowser();
const marker = 'globalThis.pwned=true';
const html = `<img src=x onerror="${marker}"><script>${marker}</script><svg onload="${marker}"></svg><iframe src="javascript:${marker}"></iframe>`;
const links = `[a](javascript:${marker}) [b](data:text/html,<script>${marker}</script>) [c](vbscript:x) [d](https://example.com/d "t")
![e](https://evil.example/pixel.png) <https://example.com/f> [g](JaVaScRiPt:${marker}) [h](//evil.example/x)`;
/** Further ways to say something else than what is seen, in Markdown. */
const tricks = `[one][a] [two][b] <vbscript:x> <file:///etc/passwd> before <!-- hidden --> after &#0; &shy; nul\u0000nul

[a]: javascript:${marker} "t"
[b]: data:text/html,<script>${marker}</script>

\`\`\`js" onload="${marker}" class="page
code
\`\`\`

\`\`\`<math><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${marker}&gt;">
code
\`\`\``;
const bidi = 'safe\u202Egpj.exe\u2066';
/** What looks like another letter, what is written as a reference, and what nobody sees. */
const lookalikes = `[https://example.com](https://ex\u0430mple.com/login) [docs](https://evil.example/docs) [https://microsoft.com/in](https://t.co/x) <https://true.example/a> a&#x202E;b &#8237; tag\u{E0041} soft\u00ADhyphen`;
/** Links to what a browser cannot or may not open. */
const places = '[a.ts](a.ts) [a.ts](src/b.ts:12) [home](/account) [up](#code=x) <ftp://example.com/x>';
const manyMarks = `e${'\u0301'.repeat(5000)}`;

/** What a parser may go into too deep, or over and over again. */
const traps: readonly string[] = [
  '> '.repeat(10_000),
  '- '.repeat(10_000),
  '1. '.repeat(7000),
  Array.from({ length: 150 }, (_, depth) => `${' '.repeat(depth * 2)}- a`).join('\n'),
  '['.repeat(20_000),
  'a_'.repeat(15_000),
  '*a_ '.repeat(7000),
  '`'.repeat(10_000),
  Array.from({ length: 200 }, (_, length) => `${'`'.repeat(length)}a`).join(' '),
  '<'.repeat(20_000),
  `${'|a'.repeat(500)}|\n${'|-'.repeat(500)}|\n${`${'|b'.repeat(500)}|\n`.repeat(25)}`,
  `|a|b|\n|-|-|\n${'|c|d|\n'.repeat(5000)}`,
  ...['js', 'html', 'ruby', 'markdown'].flatMap((language) =>
    ['a', '${', '/*', '<<A\n', '[a]('].map(
      (piece) => `\`\`\`${language}\n${piece.repeat(piece.endsWith('\n') ? 300 : 3000)}\n\`\`\``,
    ),
  ),
];
const nested = (depth: number): unknown => {
  let value: unknown = 'in';
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};
const controls =
  '\u001B]0;title\u0007\u001B[38;2;1;2;3;url(//evil.example)m\u001B]52;c;aGVsbG8=\u0007\u001B]8;;javascript:alert(1)\u001B\\link\u001B]8;;\u001B\\\u001B[2J\u001B[1;1Hhome\u009b31m';

const run = scriptedTasks({
  [html]: async ({ say, print }) => {
    await say(
      { type: 'message', role: 'user', text: html },
      {
        type: 'message',
        role: 'agent',
        text: `${html}\n\n${links}\n\n${tricks}\n\n\`\`\`html\n${html}\n\`\`\``,
      },
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
  '!lookalikes': async ({ say }) =>
    void (await say({
      type: 'message',
      role: 'agent',
      text: `${lookalikes}\n\n![x](data:image/png;base64,AAAA)\n\n${places}`,
    })),
  '!traps': async ({ say, print }) => {
    for (const text of traps) {
      await say({ type: 'message', role: 'agent', text }, { type: 'thought', text: 'next' });
    }
    await say(
      { type: 'message', role: 'user', text: manyMarks },
      { type: 'tool', id: 'deep', title: 'deep', status: 'completed', detail: nested(500) as object },
      {
        type: 'tool',
        id: 'lines',
        title: 'lines',
        status: 'completed',
        detail: { output: '\n'.repeat(99_000) },
      },
      {
        type: 'tool',
        id: 'diff',
        title: 'diff',
        status: 'completed',
        detail: { diff: `@@ -1 +1 @@\n${'+\n'.repeat(49_000)}` },
      },
      {
        type: 'plan',
        entries: Array.from({ length: 5000 }, () => ({ text: html, status: 'pending' as const })),
      },
      {
        type: 'question',
        id: 'many',
        text: html.repeat(100),
        choices: Array.from({ length: 3000 }, (_, at) => `${at}`),
      },
      { type: 'progress', what: 'nothing', done: 1e308, total: 0 },
      { type: 'usage', tokens: 1e300, cost: -1 },
    );
    await print(`${'\u001B[1m\u001B[0m'.repeat(50_000)}\n${'\r'.repeat(100_000)}over\n`);
  },
});

/** Runs in the page: opens everything that can be. */
function openAll(transcript: Element): void {
  for (const details of transcript.querySelectorAll('details')) details.open = true;
}

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
    await page.locator('.transcript').evaluate(openAll);
    expect(await page.locator('.message-user').innerText()).toBe(html);
    const said = await page.locator('.message-agent').innerText();
    expect(said).toContain(html);
    expect(said).toContain('before <!-- hidden --> after \ufffd ‹U+00AD› nul‹U+0000›nul');
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

  test('does not pass for something else', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    const { id } = await client.submit(await server.request('!lookalikes'));
    await using opened = await browser.open(client, { task: id });
    const { page } = opened;
    const said = page.locator('.message-agent');
    await said.waitFor();
    const text = await said.innerText();
    // Where a link leads stands beside what it says, in letters that cannot be mistaken.
    expect(text).toContain('https://example.com(xn--exmple-4nf.com)');
    expect(text).toContain('docs(evil.example)');
    expect(text).toContain('https://microsoft.com/in(t.co)');
    expect(text).toContain('https://true.example/a a');
    expect(text).toContain('a‹U+202E›b ‹U+202D› tag‹U+E0041› soft‹U+00AD›hyphen');
    expect(text).toContain('![x](data:image/png;base64,AAAA)');
    expect(text).toContain('a.ts a.ts(src/b.ts:12) home(/account) up(#code=x) ftp://example.com/x');
    expect(await said.getByRole('link').count()).toBe(4);
    expect([...opened.hosts]).toEqual([new URL(page.url()).host]);
    expect(opened.errors).toEqual([]);
  });

  test('in an address that ends in the middle of a character leads to the list', async () => {
    await using server = await testServer({ run });
    await using opened = await browser.open(server.client);
    const { page } = opened;
    await page.getByRole('link', { name: 'Account' }).waitFor();
    await page.goto(new URL('/tasks/%E0%A4%A', page.url()).href);
    await page.getByRole('link', { name: 'Account' }).waitFor();
    expect(opened.errors).toEqual([]);
  });

  test('keeps no page from answering', { timeout: 90_000 }, async () => {
    await using server = await testServer({ run });
    const { client } = server;
    const { id } = await client.submit(await server.request('!traps'));
    // High: all of it is seen in fewer steps.
    const viewport = { width: 1280, height: 4000 };
    await using opened = await browser.open(client, { task: id, viewport });
    const { page } = opened;
    await page.locator('article[data-state="completed"]').waitFor({ timeout: 30_000 });
    const smoothness = await watchSmoothness(page);
    await page.getByText('over').waitFor();
    const scroller = page.locator('.transcript-scroller');
    await page.keyboard.press('Home');
    await page.locator('.note-state').getByText('submitted').waitFor();
    // Through all of it, with everything open.
    await scroller.evaluate(async (box) => {
      for (let step = 0; step < 3000; step++) {
        for (const details of box.querySelectorAll('details')) details.open = true;
        box.scrollBy({ top: box.clientHeight, behavior: 'instant' });
        await new Promise(requestAnimationFrame);
        if (box.scrollTop + box.clientHeight >= box.scrollHeight - 2) return;
      }
      throw new Error('the end was not reached');
    });
    expect(await page.locator('.transcript *').count()).toBeLessThan(40_000);
    await page.keyboard.press('/');
    await page.keyboard.type('(a+)+$\\');
    await page.getByText('not found').waitFor();
    // What is everywhere is marked where it is seen.
    await page.getByLabel('Find in the transcript').fill('a');
    const marked = (): Promise<number> => page.evaluate(() => CSS.highlights.get('found')?.size ?? 0);
    await expect.poll(marked).toBeGreaterThan(0);
    expect(await marked()).toBeLessThanOrEqual(500);
    const { longestTask } = await smoothness();
    expect(longestTask).toBeLessThan(5000);
    expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false);
    expect(opened.errors).toEqual([]);
  });

  test('reaches no cache, and nothing stays when the browser is signed out', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    const { id } = await client.submit(await server.request('!lookalikes'));
    await using opened = await browser.open(client, { task: id });
    const { page } = opened;
    await page.locator('article[data-state="completed"]').waitFor();
    const headersOf = (path: string): Promise<Record<string, string>> =>
      page.evaluate(async (url) => Object.fromEntries((await fetch(url)).headers), path);
    for (const path of [
      '/',
      '/v1/tasks',
      `/v1/tasks/${id}`,
      `/v1/tasks/${id}/log`,
      `/v1/tasks/${id}/files`,
      '/v1/sessions',
    ]) {
      expect(await headersOf(path), path).toMatchObject({ 'cache-control': 'no-store' });
    }
    await page.getByRole('link', { name: 'Account' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await page.context().cookies()).toEqual([]);
    expect(
      await page.evaluate((path) => fetch(path).then(({ status }) => status), `/v1/tasks/${id}/log`),
    ).toBe(401);
  });
});
