import { describe, expect, test } from 'vitest';
import { serverOptions, testServer } from '../../packages/server/test/fixtures/server.ts';
import { needs } from '../support/needs.ts';
import { useBrowser } from './support/browser.ts';
import { scriptedTasks } from './support/scripted-tasks.ts';

const browser = useBrowser();
const options = serverOptions('/nowhere');

const run = scriptedTasks({
  asks: async ({ say, hear }) => {
    const tool = { type: 'tool', id: '1', title: 'May I **publish**?', detail: { kind: 'other' } } as const;
    await say(
      { ...tool, status: 'pending' },
      { type: 'question', id: 'permission-1', text: tool.title, choices: ['Yes', 'No'] },
    );
    const heard = await hear();
    await say(
      { ...tool, status: 'completed' },
      { type: 'message', role: 'agent', text: `Heard ${heard.type}.` },
    );
    await hear();
  },
  'takes turns': async ({ say, hear }) => {
    await say({ type: 'message', role: 'agent', text: 'First part.' });
    const message = await hear();
    if (message.type !== 'message') return;
    await hear();
    await say(
      { type: 'message', role: 'agent', text: 'End of the first turn.' },
      { type: 'message', role: 'user', text: message.text },
      { type: 'message', role: 'agent', text: 'And the reply.' },
    );
    await hear();
  },
  'ends soon': async ({ hear }) => void (await hear()),
  '\\!now': async ({ say }) => say({ type: 'message', role: 'agent', text: 'Taken up.' }),
  'says much': async ({ say }) => {
    for (let line = 1; line <= 12_000; line += 500) {
      const lines = Array.from({ length: 500 }, (_, index) => `- line ${line + index} `.padEnd(99, '.'));
      await say({ type: 'message', role: 'agent', text: `${lines.join('\n')}\n` });
    }
  },
  'calls tools': async ({ say }) => {
    const calls = [
      {
        id: '1',
        title: 'npm test',
        status: 'failed',
        detail: { kind: 'execute', output: '1 failing', exit: 3 },
      },
      { id: '2', title: 'Read a.ts', status: 'completed', detail: { kind: 'read', paths: ['/repo/a.ts'] } },
      {
        id: '3',
        title: 'Search',
        status: 'completed',
        detail: { kind: 'search', paths: ['/repo/b.ts'], odd: 1 },
      },
    ];
    await say(...calls.map((call) => ({ type: 'tool', ...call }) as const));
  },
});

/** As the command offers them: the prefix of the agent has an empty token, and takes what no other does. */
const offer: typeof options.offer = async (...asked) => {
  const { prefixes, ...offered } = await options.offer(...asked);
  return { ...offered, prefixes: [...prefixes, { id: 'agent', token: '', messages: true }] };
};

describe('what an agent says on the page', () => {
  needs('chromium');

  test('a question of an attempt that was lost cannot be answered; the new one of the same id can', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    await using opened = await browser.openTask(server, 'asks', { retries: 1 });
    const { page, id } = opened;
    const questions = page.getByRole('region', { name: 'Question' });
    await questions.getByRole('button', { name: 'Yes' }).waitFor();
    // The words of it, once, as Markdown.
    expect(await page.getByText('publish').count()).toBe(1);
    expect(await questions.locator('strong').innerText()).toBe('publish');

    await server.restart();
    await questions.nth(1).getByRole('button', { name: 'Yes' }).waitFor();
    expect(await questions.nth(0).getByRole('button').count()).toBe(0);
    await questions.nth(0).getByText('Nobody answered.').waitFor();
    await questions.nth(1).getByRole('button', { name: 'Yes' }).click();
    await page.getByText('Heard answer.').waitFor();
    await questions.nth(1).getByText('You answered: Yes').waitFor();
    await client.cancel(id);
    await page.locator('article[data-state="canceled"]').waitFor();
  });

  test('a message that waits says so, and its answer stands apart from what was said before', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    await using opened = await browser.openTask(server, 'takes turns');
    const { page, id } = opened;
    await page.getByText('First part.').waitFor();
    await page.getByLabel('Message to the task').fill('And now?');
    await page.keyboard.press('Enter');
    const waits = page.getByText('It hears this when it is done');
    await waits.waitFor();
    await client.message(id, 'go on');
    await page.getByText('And the reply.', { exact: true }).waitFor();
    expect(await page.locator('.turn q').innerText()).toBe('And now?');
    await page.getByText('End of the first turn.', { exact: true }).waitFor();
    await client.cancel(id);
    await page.locator('article[data-state="canceled"]').waitFor();
    await waits.waitFor({ state: 'detached' });
  });

  test('what was typed outlives the end of the task, and a new task takes it up', async () => {
    await using server = await testServer({ run, offer });
    const { client } = server;
    await using opened = await browser.openTask(server, 'ends soon');
    const { page, id } = opened;
    await page.getByLabel('Message to the task').fill('!now');
    await client.message(id, 'go on');
    await page.locator('article[data-state="completed"]').waitFor();
    const box = page.getByLabel('Message to go on with');
    expect(await box.inputValue()).toBe('!now');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('article', { name: 'Task 2' }).waitFor();
    await page.getByText('Taken up.').waitFor();
    // Words for an agent, whatever they begin with: a browser sends no commands.
    expect(await client.get('2')).toMatchObject({ line: '\\!now', continues: id });
    await expect(client.continue(id, { id: 'tabcdefghijklmnop', line: '!true' })).rejects.toMatchObject({
      code: 'PREFISH_REQUEST_INVALID',
    });
  });

  test('all of a long message is there and can be found, one place after the other', async () => {
    await using server = await testServer({ run });
    await using opened = await browser.openTask(server, 'says much');
    const { page } = opened;
    await page.getByText('line 12000 ').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('line 6789');
    await page.getByText('1 of 1', { exact: true }).waitFor();
    await page.getByText('line 6789 ').waitFor();
    const isSeen = (): Promise<boolean> =>
      page.evaluate(() => {
        const [range] = CSS.highlights.get('found-here') ?? [];
        const box = document.querySelector('.transcript-scroller')!.getBoundingClientRect();
        const at = (range as Range | undefined)?.getBoundingClientRect();
        return at !== undefined && at.height > 0 && at.top >= box.top && at.bottom <= box.bottom;
      });
    await expect.poll(isSeen).toBe(true);

    await page.getByLabel('Find in the transcript').fill('line 17 ');
    await page.getByText('1 of 1', { exact: true }).waitFor();
    await expect.poll(isSeen).toBe(true);
    await page.getByLabel('Find in the transcript').fill('line 1199');
    await page.getByText('1 of 11', { exact: true }).waitFor();
    for (let at = 2; at <= 4; at++) {
      await page.keyboard.press('Enter');
      await page.getByText(`${at} of 11`, { exact: true }).waitFor();
      await expect.poll(isSeen).toBe(true);
    }
    const here = await page.evaluate(() => {
      const [range] = CSS.highlights.get('found-here') ?? [];
      return (range as Range).startContainer.textContent?.trim().split(' .')[0];
    });
    expect(here).toBe('line 11992');
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.keyboard.type('line 7 ');
    await page.getByText('1 of 1', { exact: true }).waitFor();
  });

  test('a call says what a person needs; one that failed is open', async () => {
    await using server = await testServer({ run });
    await using opened = await browser.openTask(server, 'calls tools');
    const { page } = opened;
    await page.getByText('1 failing').waitFor();
    await page.getByText('exit code 3').waitFor();
    await page.getByText('Search').click();
    await page.getByText('/repo/b.ts').waitFor();
    const shown = await page.locator('.blocks').innerText();
    expect(shown).not.toContain('kind');
    expect(shown).not.toContain('{');
  });
});
