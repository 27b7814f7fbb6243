import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { pageUrl, type SubmitTask } from '@prefish/protocol';
import type { ServerClient } from '@prefish/protocol/client';
import type { TestServer } from '../../../packages/server/test/fixtures/server.ts';
import { chromiumPath } from '../../support/capabilities.ts';

/** A page of a test, and what went wrong in it. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** Errors of scripts, and what the content policy has refused. */
  readonly errors: readonly string[];
  /** Every host that something was asked of. */
  readonly hosts: ReadonlySet<string>;
}

/** Opens pages of one browser; each has its own cookies. */
export interface OpensPages {
  /** Opens the page signed in, at a task where one is named. */
  open(client: ServerClient, options?: BrowserContextOptions & { readonly task?: string }): Promise<OpenPage>;
  /** Submits a line, and opens the page signed in, at its task. */
  openTask(
    server: Pick<TestServer, 'client' | 'request'>,
    line: string,
    taskOptions?: SubmitTask['options'],
  ): Promise<OpenPage & { readonly id: string }>;
  /** Opens an address as it is. */
  visit(url: string, options?: BrowserContextOptions): Promise<OpenPage>;
}

/** One browser for the tests of a file. */
export function useBrowser(): OpensPages {
  let browser: Browser | undefined;
  beforeAll(async () => {
    const executablePath = chromiumPath();
    if (executablePath === undefined) return;
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  });
  afterAll(() => browser?.close());

  const visit = async (url: string, options: BrowserContextOptions = {}): Promise<OpenPage> => {
    const context = await browser!.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    const errors: string[] = [];
    const hosts = new Set<string>();
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (/content security policy|trusted/i.test(message.text())) errors.push(message.text());
    });
    page.on('request', (request) => hosts.add(new URL(request.url()).host));
    await page.goto(url);
    return { page, errors, hosts, [Symbol.asyncDispose]: () => context.close() };
  };
  const open: OpensPages['open'] = async (client, { task, ...options } = {}) =>
    visit(pageUrl(await client.signInCode(), task), options);
  return {
    visit,
    open,
    async openTask({ client, request }, line, taskOptions) {
      const { id } = await client.submit(await request(line, taskOptions));
      return { ...(await open(client, { task: id })), id };
    },
  };
}
