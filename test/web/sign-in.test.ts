import { pageUrl } from '@prefish/protocol';
import { describe, expect, test } from 'vitest';
import { testServer } from '../../packages/server/test/fixtures/server.ts';
import { needs } from '../support/needs.ts';
import { useBrowser } from './support/browser.ts';
import { scriptedTasks } from './support/scripted-tasks.ts';

const browser = useBrowser();
const run = scriptedTasks({ '!true': async () => {} });

describe('a link with a code', () => {
  needs('chromium');

  test('lets in where it is put over the address of an open page, and no code stays in the address', async () => {
    await using server = await testServer({ run });
    const grant = await server.client.signInCode();
    await using opened = await browser.visit(grant.url);
    const { page } = opened;
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    const paste = (link: string): Promise<void> => page.evaluate((to) => location.assign(to), link);
    await paste(`${grant.url}#code=nonsense`);
    await page.getByRole('alert').getByText('never was one').waitFor();
    await paste(pageUrl(grant));
    await page.getByRole('link', { name: 'Account' }).waitFor();
    await paste(pageUrl(grant));
    await expect.poll(() => page.url()).toBe(grant.url);
    await page.getByRole('link', { name: 'Account' }).waitFor();
  });

  test('leads to its task where it is pasted into the form', async () => {
    await using server = await testServer({ run });
    const { client } = server;
    const { id } = await client.submit(await server.request('!true'));
    const grant = await client.signInCode();
    await using opened = await browser.visit(grant.url);
    const { page } = opened;
    await page.getByLabel('Code or link').fill(pageUrl(grant, id));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('article[data-state="completed"]').waitFor();
    expect(new URL(page.url()).pathname).toBe(`/tasks/${id}`);

    // What is not known yet is asked for until the server answers.
    await server.server.close();
    await page.getByRole('tab', { name: 'Changes' }).click();
    await page.getByText('Any prefish command starts the background server again.').waitFor();
    await server.restart();
    await page.getByText('The task changed nothing.').waitFor();
    await expect.poll(() => page.getByText('does not answer').count()).toBe(0);
  });
});
