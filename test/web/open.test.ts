import { describe, expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { sandboxHome } from '../support/sandbox-home.ts';
import { finished, submit } from '../support/tasks.ts';
import { useBrowser } from './support/browser.ts';

const browser = useBrowser();

describe('prefish tasks open', () => {
  needs('chromium');

  test('leads a browser to the task that it names, and lets it in once', async () => {
    await using t = await sandboxHome();
    const { path } = await t.repository({ 'greeting.txt': 'hello\n' });
    const id = await submit(t, "!echo 'from afar.' >> greeting.txt; echo done", { cwd: path });
    await finished(t, id);

    const opened = await t.prefish(['tasks', 'open', id]);
    const [url] = /http:\/\/127\.0\.0\.1:\d+\/tasks\/\w+#code=[\w-]+/.exec(opened.stdout) ?? [];
    expect(opened).toMatchObject({ code: 0, stderr: '' });
    await using visit = await browser.visit(url!);
    const { page } = visit;
    await page.getByRole('heading', { name: /echo 'from afar.'/ }).waitFor();
    await page.locator('.output').getByText('done').waitFor();
    // The code is in no address that could be copied or kept.
    expect(page.url()).toBe(url!.split('#')[0]);
    await page.getByText('prefish tasks apply 1').waitFor();
    await page.keyboard.press('d');
    await page.locator('td.diff-text').getByText('from afar.').waitFor();
    await page.getByRole('button', { name: 'Split' }).click();
    expect(await page.locator('.diff-split td.diff-add').last().innerText()).toBe('from afar.');

    await using late = await browser.visit(url!);
    await late.page.getByText('This code was used already').waitFor();
    const { url: list } = (await t.prefish(['tasks', 'open', '--json'])).json<{ url: string }>();
    await late.page.getByLabel('Code').fill(list);
    await late.page.getByRole('button', { name: 'Sign in' }).click();
    await late.page.getByRole('link', { name: /from afar/ }).waitFor();
    await late.page.getByRole('link', { name: 'Account' }).click();
    await late.page.getByRole('button', { name: 'Revoke' }).click();
    await late.page.getByRole('button', { name: 'Yes, revoke' }).click();
    await page.getByText('This browser is not signed in').waitFor();
    await page.getByRole('heading', { name: 'You were signed out' }).waitFor();
    await late.page.getByRole('button', { name: 'Sign out' }).click();
    await late.page.getByText('This browser is not signed in').waitFor();

    const status = await t.prefish(['daemon', 'status', '--json']);
    expect(status.json()).toMatchObject({ running: true, url: new URL('/', url).href });
    expect((await t.prefish(['daemon', 'status'])).stdout).toContain(` ${new URL('/', url).href};`);
  });
});
