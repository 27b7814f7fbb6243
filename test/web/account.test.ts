import { pageUrl } from '@prefish/protocol';
import { describe, expect, test } from 'vitest';
import { teamServer } from '../../packages/server/test/fixtures/team-server.ts';
import { testServer } from '../../packages/server/test/fixtures/server.ts';
import { needs } from '../support/needs.ts';
import { violations } from './support/axe.ts';
import { useBrowser } from './support/browser.ts';

const browser = useBrowser();

describe('an account on the page', () => {
  needs('chromium', 'bubblewrap');

  test('is let in by either kind of code, and sees and revokes its logins and browsers', async () => {
    await using server = await teamServer();
    const { client } = await server.member('ada');
    await server.member('bob');
    await using first = await browser.visit(pageUrl(await client.signInCode()));
    await first.page.getByText('Nothing runs in the background yet').waitFor();
    // What `prefish users add` prints.
    const { code } = await server.accounts.issueCode('ada', 'tasks');
    await using second = await browser.visit(server.url);
    const { page } = second;
    for (const wrong of ['nonsense', code.slice(1)]) {
      await page.getByLabel('Code or link').fill(wrong);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('alert').getByText('never was one').waitFor();
    }
    await page.getByLabel('Code or link').fill(code);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'Account' }).click();
    await page.getByRole('heading', { name: 'ada' }).waitFor();
    await page.getByText('0 of').first().waitFor();

    const logins = page.getByRole('list', { name: 'Logins' });
    await logins.getByText('the laptop of ada').waitFor();
    expect(await logins.innerText()).not.toContain('bob');
    expect(await logins.innerText()).toMatch(/last used .* · logged in .* · until it is revoked/);
    const browsers = page.getByRole('list', { name: 'Signed-in browsers' });
    await expect.poll(() => browsers.getByRole('listitem').count()).toBe(2);
    expect(await browsers.getByText('this one').count()).toBe(1);
    expect(await browsers.innerText()).toMatch(
      /last used just now · signed in just now · stays signed in until \w+ \d+, \d{4}/,
    );
    expect(await violations(page)).toEqual([]);

    await browsers.getByRole('button', { name: /^Revoke/ }).click();
    await browsers.getByRole('button', { name: 'Keep' }).click();
    await browsers.getByRole('button', { name: /^Revoke/ }).click();
    await browsers.getByRole('button', { name: 'Yes, revoke' }).click();
    // Where it was: nothing comes under the pointer.
    await browsers.getByText('signed out').waitFor();
    expect(await browsers.getByRole('listitem').count()).toBe(2);
    await first.page.getByRole('heading', { name: 'You were signed out' }).waitFor();
    await logins.getByRole('button', { name: 'Revoke the login of the laptop of ada' }).click();
    await logins.getByRole('button', { name: 'Yes, revoke' }).click();
    await logins.getByText('revoked', { exact: true }).waitFor();
    await expect(client.list()).rejects.toMatchObject({ code: 'PREFISH_LOGIN_REQUIRED' });
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();

    // Each code once.
    await page.getByLabel('Code or link').fill(code);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('was used already').waitFor();
    expect(await page.locator('body').innerText()).not.toContain('ada');
    expect([...first.errors, ...second.errors]).toEqual([]);
  });

  test.each([
    ['in the light, wide', { viewport: { width: 1440, height: 900 } }],
    ['in the dark, narrow', { colorScheme: 'dark', viewport: { width: 375, height: 700 } }],
  ] as const)('leaves nothing to stumble over %s', async (_, options) => {
    await using server = await testServer();
    await using opened = await browser.open(server.client, { ...options, reducedMotion: 'reduce' });
    const { page } = opened;
    const { origin } = new URL(page.url());
    const hold = async (what: string): Promise<void> => {
      expect(await violations(page), what).toEqual([]);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wider, what).toBeLessThanOrEqual(0);
    };
    await page.getByText('Nothing runs in the background yet').waitFor();
    await hold('no tasks');
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await hold('the keys');
    await page.keyboard.press('Escape');
    await page.goto(`${origin}/tasks/nonesuch`);
    await page.getByRole('heading', { name: 'There is no such task' }).waitFor();
    await hold('no such task');
    await page.goto(`${origin}/account`);
    await page.getByText('this one').waitFor();
    await hold('the account');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.getByLabel('Code or link').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await hold('the door');
  });
});
