import type { ServerClient } from '@prefish/protocol/client';
import { describe, expect, test } from 'vitest';
import { testServer } from '../../packages/server/test/fixtures/server.ts';
import { needs } from '../support/needs.ts';
import { violations } from './support/axe.ts';
import { useBrowser } from './support/browser.ts';
import { scriptedTasks } from './support/scripted-tasks.ts';

const browser = useBrowser();
const run = scriptedTasks({
  '!ok': async () => {},
  '!runs': async ({ hear }) => void (await hear()),
  asks: async ({ say, hear }) => {
    await say({ type: 'question', id: 'q', text: 'Go on?', choices: ['Yes', 'No'] });
    const heard = await hear();
    const text = heard.type === 'answer' ? heard.choice : '';
    await say({ type: 'message', role: 'agent', text: `Heard ${text}.` });
    await hear();
  },
});

const statesOf = async (client: ServerClient): Promise<readonly string[]> =>
  (await client.list()).tasks.map(({ state }) => state);

/** Runs in the page: types letters with nothing between them, and waits until each would have been obeyed. */
async function typeAtOnce(letters: string): Promise<void> {
  for (const key of letters) {
    document.activeElement!.dispatchEvent(
      new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
    );
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
}

describe('steering tasks on the page', () => {
  needs('chromium');

  test('removes nothing at a click too many, and asks before it removes', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    await using opened = await browser.openTask(server, '!runs');
    const { page } = opened;
    const cancel = page.getByRole('button', { name: 'Cancel' });
    await cancel.dblclick();
    expect(await statesOf(client)).toEqual(['working']);
    await cancel.click();
    await page.keyboard.press('Escape');
    expect(await cancel.evaluate((button) => button === document.activeElement)).toBe(true);
    await cancel.click();
    const yes = page.getByRole('button', { name: 'Yes, cancel' });
    const { x, y, width, height } = (await yes.boundingBox())!;
    const middle = [x + width / 2, y + height / 2] as const;
    await page.mouse.dblclick(...middle);
    await page.locator('article[data-state="canceled"]').waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement!.tagName)).toBe('H1');
    await page.mouse.click(...middle);
    expect(await statesOf(client)).toEqual(['canceled']);

    await page.reload();
    const remove = page.getByRole('button', { name: 'Remove' });
    await remove.dblclick();
    expect(await statesOf(client)).toEqual(['canceled']);
    await remove.click();
    await page.getByRole('button', { name: 'Yes, remove' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Yes, remove' }).click();
    await page.waitForURL((url) => url.pathname === '/');
    expect(await statesOf(client)).toEqual([]);
  });

  test('takes letters of a word for no keys, asks before x ends a task, and runs one again once', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    await client.submit(await server.request('!ok'));
    await client.submit(await server.request('!runs'));
    await using opened = await browser.open(client);
    const { page } = opened;
    const running = page.getByRole('link', { name: /!runs .*working/ });
    const ended = page.getByRole('link', { name: /!ok .*completed/ });
    await ended.waitFor();
    await running.focus();
    await page.evaluate(typeAtOnce, 'next x');
    const ask = page.getByRole('alertdialog');
    expect(await ask.count()).toBe(0);

    await expect
      .poll(async () => {
        await page.keyboard.press('x');
        return ask.waitFor({ timeout: 1000 }).then(
          () => true,
          () => false,
        );
      })
      .toBe(true);
    expect(await ask.innerText()).toContain('!runs');
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await ask.waitFor({ state: 'hidden' });
    expect(await statesOf(client)).toEqual(['working', 'completed']);
    await page.keyboard.press('x');
    await ask.getByRole('button', { name: 'Yes, cancel' }).click();
    await page.getByRole('link', { name: /!runs .*canceled/ }).waitFor();

    await client.submit(await server.request('!runs'));
    await client.submit(await server.request('!runs'));
    await ended.focus();
    for (let times = 0; times < 3; times++) {
      await page.keyboard.press('r', { delay: 300 });
    }
    await page.getByRole('article', { name: 'Task 5' }).waitFor();
    expect(await client.list()).toMatchObject({ tasks: { length: 5 } });
  });

  test('answers, says and goes to the next task by keys', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    await client.submit({ ...(await server.request('!ok')), title: 'Tidy the kitchen' });
    const { id } = await client.submit(await server.request('asks'));
    await using opened = await browser.open(client, { task: id });
    const { page } = opened;
    await page.getByRole('button', { name: 'No' }).waitFor();
    await expect.poll(() => page.title()).toMatch(/^#2 asks you: asks/);
    await page.keyboard.press('2');
    await page.getByText('Heard No.').waitFor();
    await page.keyboard.press('m');
    await page.keyboard.type('hello');
    expect(await page.getByLabel('Message to the task').inputValue()).toBe('hello');
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    await page.getByRole('article', { name: 'Task 1' }).waitFor();
    await page.keyboard.press('p');
    await page.getByRole('article', { name: 'Task 2' }).waitFor();
    await page.keyboard.press('Escape');

    const search = page.getByLabel('Search tasks');
    await search.fill('nonsense');
    await page.keyboard.press('Escape');
    expect(await search.inputValue()).toBe('');
    await search.fill('kitchen');
    await page.keyboard.press('Enter');
    await page.getByRole('article', { name: 'Task 1' }).waitFor();
    await expect.poll(() => page.title()).toMatch(/^#1 completed: Tidy the kitchen/);
  });
});
