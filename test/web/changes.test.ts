import { describe, expect, test } from 'vitest';
import { sandboxingServer } from '../../packages/server/test/fixtures/server.ts';
import { needs } from '../support/needs.ts';
import { violations } from './support/axe.ts';
import { useBrowser } from './support/browser.ts';

const browser = useBrowser();

describe('the changes of a task on the page', () => {
  needs('chromium', 'bubblewrap');

  test('lead to each file, say what it is before it is opened, and stay in the address', async () => {
    await using server = await sandboxingServer();
    const files = 'for n in $(seq 10 51); do seq 8 > "file-$n.txt"; done';
    const line = `${files}; ln -s /etc/passwd link; printf '\\0\\1' > picture; echo x > run; chmod +x run`;
    await using opened = await browser.openTask(server, line);
    const { page } = opened;
    await page.locator('article[data-state="completed"]').waitFor();
    await page.getByRole('tab', { name: 'Changes (45)' }).click();
    const count = page.locator('.file-list > summary');
    await count.getByText('45 files').waitFor();
    await page.locator('.file-diff', { hasText: 'picture' }).getByText('binary', { exact: true }).waitFor();
    const risks = page.getByRole('note', { name: 'Look before you apply' });
    expect(await risks.getByRole('listitem').allInnerTexts()).toEqual([
      'link is a link to /etc/passwd',
      'run becomes a program',
    ]);
    expect(await violations(page)).toEqual([]);

    await count.click();
    await page.getByRole('button', { name: 'file-50.txt' }).click();
    const wanted = page.locator('.file-diff', { hasText: 'file-50.txt' });
    await wanted.locator('tr.diff-add').first().waitFor();
    const [tools, head] = await Promise.all([
      page.locator('.diff-tools').boundingBox(),
      wanted.locator('summary').boundingBox(),
    ]);
    // What says how many there are stays, and covers nothing that was asked for.
    expect(head!.y).toBeGreaterThanOrEqual(tools!.y + tools!.height - 1);
    expect(head!.y).toBeLessThan(800);
    await count.getByText('45 files').waitFor();

    await page.getByRole('button', { name: 'Collapse all' }).click();
    await expect.poll(() => page.locator('.file-diff[open]').count()).toBe(0);
    await page.getByRole('button', { name: 'Expand all' }).click();
    await expect.poll(() => page.locator('.file-diff[open]').count()).toBe(45);

    await page.reload();
    await count.getByText('45 files').waitFor();
    await page.goBack();
    await page.getByRole('region', { name: 'Transcript' }).waitFor();
    await page.goForward();
    await count.getByText('45 files').waitFor();
  });
});
