import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Task } from '@prefish/protocol';
import { chromium, type BrowserContextOptions, type Page } from 'playwright-core';
import { chromiumPath } from '../support/capabilities.ts';
import { finished, show, submit } from '../support/tasks.ts';
import { until } from '../support/until.ts';
import type { Stage } from './stage.ts';

/** A picture of the page in a browser. */
export interface PagePicture {
  readonly name: string;
  readonly look: BrowserContextOptions;
  /** Which task is open; none is the list. */
  readonly task?: keyof PageTasks;
  /** Goes on from there. */
  prepare?(page: Page): Promise<void>;
}

/** The ids of what the pictures show. */
interface PageTasks {
  readonly asks: string;
  readonly dark: string;
  readonly attempt: string;
}

const desktop: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 780 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};

/** The pictures of the page, by their names. */
export const pagePictures: readonly PagePicture[] = [
  { name: 'page-list', look: desktop },
  { name: 'page', look: desktop, task: 'asks' },
  {
    name: 'page-changes',
    look: { ...desktop, colorScheme: 'dark' },
    task: 'dark',
    async prepare(page) {
      await page.keyboard.press('d');
      await page.getByRole('button', { name: 'Split' }).click();
      await page.locator('.diff-split .hljs-keyword').first().waitFor();
    },
  },
  {
    name: 'page-attempts',
    look: desktop,
    task: 'attempt',
    async prepare(page) {
      await page.getByRole('tab', { name: /Attempts/ }).click();
      await page.getByRole('button', { name: 'Show changes' }).first().click();
      await page.locator('.diff .hljs-keyword').first().waitFor();
    },
  },
  { name: 'page-phone', look: phone, task: 'asks' },
];

/** Submits what the pictures show, and waits until each task is as they show it. */
async function submitAll({ home, project }: Stage): Promise<PageTasks> {
  const options = { cwd: project.path };
  const ended = [];
  for (const line of ['!npm test', '!npm run lint', '--keep dist !npm run build', 'Show themes by name'])
    ended.push(await submit(home, line, options));
  await home.prefish(['-c', '& --attempts 3 --wait Make the search faster'], options);
  for (const id of ended) await finished(home, id);
  const asks = await submit(home, 'Sessions never expire. Find out why, mend it, and add a test', options);
  await submit(home, 'Translate the shop into German and Welsh', options);
  await submit(home, `--after ${asks} !npm run build`, options);
  await until(async () => (await show(home, asks)).state === 'input-required', 'a task that asks');
  const { tasks } = (await home.prefish(['tasks', 'ls', '--json'], options)).json<{ tasks: Task[] }>();
  return { asks, dark: ended.at(-1)!, attempt: tasks.find(({ group }) => group?.index === 2)!.id };
}

/** Takes pictures into a folder. */
export async function takePagePictures(
  stage: Stage,
  folder: string,
  wanted: readonly PagePicture[],
): Promise<void> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error('Chromium does not run here');
  const tasks = await submitAll(stage);
  await using browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'],
  });
  for (const { name, look, task, prepare } of wanted) {
    const words = ['tasks', 'open', ...(task === undefined ? [] : [tasks[task]]), '--json'];
    const opened = await stage.home.prefish(words, { cwd: stage.project.path });
    const page = await browser.newPage(look);
    await page.goto(opened.json<{ url: string }>().url);
    await page
      .locator(task === undefined ? '.task-row' : 'article.task')
      .first()
      .waitFor();
    if (task === 'asks') await page.getByRole('region', { name: 'Question' }).waitFor();
    await prepare?.(page);
    await page.evaluate(nameNobody, stage.project.path);
    const path = join(folder, `${name}.png`);
    writeFileSync(path, await page.screenshot({ animations: 'disabled' }));
    console.log(path);
    await page.close();
  }
}

/** Runs in the page: a folder of this machine looks like one of anybody's. */
function nameNobody(folder: string): void {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode() !== null) {
    const { currentNode: text } = walker;
    text.nodeValue = text.nodeValue!.replaceAll(folder, '~/shop');
  }
}
