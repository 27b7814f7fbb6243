import { describe, expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { violations } from '../web/support/axe.ts';
import { useBrowser } from '../web/support/browser.ts';
import { teamServer } from './support/team-server.ts';

const browser = useBrowser();

describe('the page of prefish serve', () => {
  needs('chromium', 'bubblewrap');

  test(
    'lets in by a code, shows what the account has, and ends its logins',
    { timeout: 90_000 },
    async () => {
      await using server = await teamServer();
      const ada = await server.member('ada');
      const repository = await server.home.repository({ 'a.txt': 'a\n' });
      const request = await server.push(ada, repository, 'adasrepo1');
      await ada.client.submit({ ...request, line: '!echo "seen by ada"' });
      const { code } = (await server.users('code', 'ada', '--json')).json<{ code: string }>();

      await using visit = await browser.visit(server.url, { ignoreHTTPSErrors: true });
      const { page } = visit;
      await page.getByLabel('Code').fill(code);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('link', { name: /seen by ada/ }).click();
      await page.locator('.output').getByText('seen by ada').waitFor();
      await page.getByRole('link', { name: 'Account' }).click();
      await page.getByRole('heading', { name: 'ada' }).waitFor();
      await page.getByText('the laptop of ada').waitFor();
      expect(await violations(page)).toEqual([]);
      await page.getByRole('button', { name: 'Revoke the login of the laptop of ada' }).click();
      await page.getByRole('button', { name: 'Yes, revoke' }).click();
      await page.getByText('revoked', { exact: true }).waitFor();
      expect((await server.ask('/v1/account', { token: ada.token })).status).toBe(401);
      expect(
        (await page.context().cookies()).map(({ name, secure, httpOnly, sameSite }) => ({
          name,
          secure,
          httpOnly,
          sameSite,
        })),
      ).toEqual([{ name: '__Host-prefish', secure: true, httpOnly: true, sameSite: 'Strict' }]);
      expect(visit.errors).toEqual([]);
      expect([...visit.hosts]).toEqual([new URL(server.url).host]);

      await using second = await browser.visit(server.url, { ignoreHTTPSErrors: true });
      await second.page
        .getByLabel('Code')
        .fill((await server.users('add', 'bob', '--json')).json<{ code: string }>().code);
      await second.page.getByRole('button', { name: 'Sign in' }).click();
      await second.page.getByText('Nothing runs in the background yet').waitFor();
      expect(await second.page.getByText('seen by ada').count()).toBe(0);
      expect((await server.users('revoke', 'ada')).code).toBe(0);
      await page.getByText('This browser is not signed in').waitFor();
    },
  );
});
