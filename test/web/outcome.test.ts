import { readFile } from 'node:fs/promises';
import { createTaskId, type SubmitTask } from '@prefish/protocol';
import { describe, expect, test } from 'vitest';
import { testServer } from '../../packages/server/test/fixtures/server.ts';
import { needs } from '../support/needs.ts';
import { sandboxHome } from '../support/sandbox-home.ts';
import { finished, submit } from '../support/tasks.ts';
import { violations } from './support/axe.ts';
import { useBrowser } from './support/browser.ts';
import { scriptedTasks } from './support/scripted-tasks.ts';

const browser = useBrowser();
const run = scriptedTasks({
  '!true': async () => {},
  'Use a model': async ({ say }) => void (await say({ type: 'message', role: 'agent', text: 'done' })),
});

describe('what comes of a task, on the page', () => {
  needs('chromium');

  test('says which command runs a task again whose key was given for one run', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    const models: SubmitTask['models'] = [
      { api: 'anthropic', url: 'https://api.example.com', secret: 'never-shown', header: 'x-api-key' },
    ];
    const { id } = await client.submit({ ...(await server.request('Use a model')), models });
    await using opened = await browser.open(client, { task: id });
    const { page } = opened;
    await page.locator('article[data-state="completed"]').waitFor();
    await page.keyboard.press('r');
    await page.getByText('whose key was given for that one run').waitFor();
    await page.getByText('prefish tasks retry 1').waitFor();
    expect(await violations(page)).toEqual([]);
    expect((await client.list()).tasks).toHaveLength(1);
    expect(await page.content()).not.toContain('never-shown');
  });

  test('leads to what a task goes on from and waits for, and shows what was asked of it', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    const first = await client.submit(await server.request('!true'));
    const request = await server.request('!true', { after: [first.id], timeout: 600, setup: 'npm ci' });
    const second = await client.submit({ ...request, id: createTaskId() });
    await using opened = await browser.open(client, { task: second.id });
    const { page } = opened;
    await page.locator('article[data-state="completed"]').waitFor();
    await page.getByText('Details').click();
    const details = page.locator('.more dl');
    await details.getByText('npm ci').waitFor();
    expect(await details.innerText()).toMatch(/Line\s+!true[^]*Set-up\s+npm ci\s+Time limit\s+10 min/);
    expect(await violations(page)).toEqual([]);
    await page.locator('.facts').getByRole('link', { name: '#1' }).click();
    await page.waitForURL(`**/tasks/${first.id}`);
  });

  test('offers the files that were kept, to be saved', async () => {
    await using t = await sandboxHome();
    const { path } = await t.repository({ '.gitignore': 'dist/\n' });
    const line = `--keep dist !mkdir dist; printf '<script>alert(1)</script>' > 'dist/a b.html'`;
    const id = await submit(t, line, { cwd: path });
    await finished(t, id);
    const opened = await t.prefish(['tasks', 'open', id, '--json'], { cwd: path });
    await using visit = await browser.visit(opened.json<{ url: string }>().url);
    const { page } = visit;
    const kept = page.getByRole('list', { name: 'Kept files' });
    await kept.getByText('25 B').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      kept.getByRole('link', { name: 'dist/a b.html' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('a b.html');
    expect(await readFile(await download.path(), 'utf8')).toBe('<script>alert(1)</script>');
  });
});
