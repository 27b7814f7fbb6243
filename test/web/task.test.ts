import { readFile } from 'node:fs/promises';
import type { Task } from '@prefish/protocol';
import { describe, expect, test } from 'vitest';
import { testServer } from '../../packages/server/test/fixtures/server.ts';
import { needs } from '../support/needs.ts';
import { until } from '../support/until.ts';
import { violations } from './support/axe.ts';
import { useBrowser } from './support/browser.ts';
import { scriptedTasks } from './support/scripted-tasks.ts';

const browser = useBrowser();

const answer = `## Findings

The **cache** is never cleared:

\`\`\`js
const cache = new Map(); // grows
\`\`\`

| file | lines |
|---|---|
| cache.js | 12 |
`;

const diff = `--- a/cache.js
+++ b/cache.js
@@ -1,1 +1,3 @@
-const size = 1;
+/* How many
+   entries. */
+const size = 2;
`;

const run = scriptedTasks({
  'Find the leak': async ({ say, hear }) => {
    await say(
      { type: 'message', role: 'user', text: 'Find the leak' },
      { type: 'thought', text: 'I should look at the cache.' },
      {
        type: 'plan',
        entries: [
          { text: 'Read the cache', status: 'completed' },
          { text: 'Clear it', status: 'in-progress' },
        ],
      },
      { type: 'tool', id: '1', title: 'Edit cache.js', status: 'in_progress' },
      { type: 'tool', id: '1', title: 'Edit cache.js', status: 'completed', detail: { diff } },
      {
        type: 'tool',
        id: '2',
        title: 'npm test',
        status: 'failed',
        detail: { output: '\u001B[31m1 failing\u001B[0m' },
      },
      { type: 'message', role: 'agent', text: answer.slice(0, 30) },
      { type: 'message', role: 'agent', text: answer.slice(30) },
      { type: 'usage', tokens: 12_345, cost: 0.5 },
      { type: 'question', id: 'q', text: 'May I run npm publish?', choices: ['Allow once', 'Refuse'] },
    );
    const heard = await hear();
    await say({
      type: 'message',
      role: 'agent',
      text: `You said: ${heard.type === 'answer' ? heard.choice : ''}`,
    });
    const next = await hear();
    await say({
      type: 'message',
      role: 'agent',
      text: `And then: ${next.type === 'message' ? next.text : ''}`,
    });
  },
  '!true': async () => {},
  '!wait': async ({ hear }) => void (await hear()),
  listens: async ({ say, hear }) => {
    const heard = await hear();
    await say({
      type: 'message',
      role: 'agent',
      text: `Heard: ${heard.type === 'message' ? heard.text : ''}`,
    });
  },
  '!colours': async ({ print }) => {
    await print('\u001B[1;32mgreen\u001B[0m and plain\n10%\r50%\r100% done\nbroken \u001B[3');
    await print('8;5;208morange\u001B[0m\n');
  },
});

describe('a task on the page', () => {
  needs('chromium');

  test('is a conversation that can be steered', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    const { id } = await client.submit(await server.request('Find the leak'));
    await using opened = await browser.open(client, { task: id });
    const { page } = opened;

    const question = page.getByRole('region', { name: 'Question' });
    await question.getByText('May I run npm publish?').waitFor();
    await page.getByRole('heading', { name: 'Findings' }).waitFor();
    expect(await page.locator('.markdown strong').innerText()).toBe('cache');
    expect(await page.locator('.markdown td').allInnerTexts()).toEqual(['cache.js', '12']);
    await page.locator('.markdown .hljs-comment').waitFor();
    const plan = page.getByRole('region', { name: 'Plan' });
    expect(await plan.getByRole('listitem').allTextContents()).toEqual([
      'Read the cache (completed)',
      'Clear it (in-progress)',
    ]);
    await page.locator('.tool .diff-add').getByText('const size = 2;').waitFor();
    await page.locator('.tool .diff-add .hljs-keyword').getByText('const').waitFor();
    const comment = page.locator('.tool .diff-add .hljs-comment');
    expect(await comment.allTextContents()).toEqual(['/* How many', '   entries. */']);
    await page.locator('.tool .ansi-fg-red').getByText('1 failing').waitFor();
    await page.getByText('12,345').waitFor();
    expect(await violations(page)).toEqual([]);

    await question.getByRole('button', { name: 'Allow once' }).click();
    await page.getByText('You said: Allow once').waitFor();
    await question.getByText('You answered: Allow once').waitFor();
    await page.getByLabel('Message to the task').fill('thank you');
    await page.keyboard.press('Enter');
    await page.getByText('And then: thank you').waitFor();
    await page.locator('article[data-state="completed"]').waitFor();
    expect(await page.getByLabel('Message to the task').count()).toBe(0);
    expect(opened.errors).toEqual([]);
  });

  test('shows what programs write as a terminal would, and lets it be kept', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    const { id } = await client.submit(await server.request('!colours'));
    await using opened = await browser.open(client, { task: id });
    const { page } = opened;
    await page.locator('article[data-state="completed"]').waitFor();
    expect(await page.locator('.output .line').allInnerTexts()).toEqual([
      'green and plain\n',
      '100% done\n',
      'broken orange\n',
    ]);
    expect(await page.locator('.ansi-fg-green.ansi-bold').innerText()).toBe('green');
    // Orange, as dark as it has to be to be read on white, and as bright as it is in the dark.
    const orange = page.getByText('orange', { exact: true });
    const lightness = (): Promise<number> =>
      orange.evaluate((span) => Number(/oklch\(([\d.]+)/.exec(getComputedStyle(span).color)![1]));
    expect(await lightness()).toBeLessThan(0.56);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await lightness()).toBeGreaterThan(0.65);

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Raw log' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('task-1.log');
    expect(await readFile(await download.path(), 'utf8')).toContain('\u001B[1;32mgreen\u001B[0m');

    await page.keyboard.press('/');
    await page.keyboard.type('done');
    await page.getByText('1 of 1').waitFor();
    expect(await page.evaluate(() => CSS.highlights.get('found')?.size)).toBe(1);
  });

  test('a program that reads no messages is sent none', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    const { id } = await client.submit(await server.request('!wait'));
    await using opened = await browser.open(client, { task: id });
    const { page } = opened;
    await page.getByRole('button', { name: 'Cancel' }).waitFor();
    await page.waitForFunction(() =>
      performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/v1/info')),
    );
    expect(await page.getByLabel('Message to the task').count()).toBe(0);
  });

  test('that waits says why, and hears when it begins what it was told', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    const busy = [
      await client.submit(await server.request('!wait')),
      await client.submit(await server.request('!wait')),
    ];
    for (const { id } of busy)
      await until(async () => (await client.get(id)).state === 'working', 'the workers to be busy');
    const { id } = await client.submit(await server.request('listens'));
    await using opened = await browser.open(client, { task: id });
    const { page } = opened;
    await page.locator('.pill').getByText('waits for a free worker, 2 of 2 busy').waitFor();
    await page.getByLabel('Message to the task').fill('take the short way');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByLabel('Message to the task').inputValue()).toBe('');
    await client.cancel(busy[0]!.id);
    await page.getByText('Heard: take the short way').waitFor();
    expect(opened.errors).toEqual([]);
  });

  test('one of several attempts leads to the others', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    const attempts: Task[] = [];
    for (const index of [1, 2, 3]) {
      const request = await server.request('!true');
      const group = { id: attempts[0]?.id ?? request.id, index, of: 3 };
      attempts.push(await client.submit({ ...request, group }));
    }
    await using opened = await browser.open(client, { task: attempts[1]!.id });
    const { page } = opened;
    await page.getByRole('tab', { name: 'Attempts (3)' }).click();
    const links = page.locator('.attempt h2 a');
    await links.nth(2).waitFor();
    expect(await page.locator('.attempt [aria-current]').innerText()).toBe('Attempt 2 of 3');
    expect(await violations(page)).toEqual([]);
    await links.nth(2).click();
    await page.getByRole('article', { name: 'Task 3' }).waitFor();
    // In the list they stand together, in their order.
    const siblings = page.locator('.task-row[data-state="completed"] .task-attempt');
    await expect
      .poll(async () => (await siblings.allInnerTexts()).map((text) => text.trim()))
      .toEqual(['1 of 3', '2 of 3', '3 of 3']);
    expect(await violations(page)).toEqual([]);
  });
});
