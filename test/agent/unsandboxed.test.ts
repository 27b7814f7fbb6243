import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Config } from '@prefish/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundledAgent, type BundledAgent } from '../support/bundled-agent.ts';
import { sandboxHome, type Run } from '../support/sandbox-home.ts';
import { finished, transcript } from '../support/tasks.ts';
import { withoutBubblewrap } from '../support/without-bubblewrap.ts';

let bundled: BundledAgent;
beforeAll(async () => {
  bundled = await bundledAgent();
});
afterAll(() => bundled[Symbol.asyncDispose]());

/** A home with the fake agent on a machine without bubblewrap, and a repository. */
async function setting(sandbox: Config['sandbox'], model: 'none' | 'anthropic' = 'none') {
  const home = await sandboxHome();
  const env = { PATH: await withoutBubblewrap(home) };
  const agent = { command: process.execPath, args: [bundled.file], model };
  await mkdir(join(home.prefishHome, 'config'), { recursive: true });
  await writeFile(
    join(home.prefishHome, 'config', 'prefish.config.json'),
    JSON.stringify({ agent, ...(sandbox === undefined ? {} : { sandbox }) }),
  );
  const { path: cwd } = await home.repository({ 'a.txt': 'a\n' });
  return Object.assign(home, {
    cwd,
    run: (args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<Run> =>
      home.prefish([...args], { cwd, env: { ...env, ...variables } }),
  });
}

test('a message is refused without a sandbox, naming what lets it run and the risk', async () => {
  await using t = await setting(undefined);
  const run = await t.run(['-c', '& say hi']);
  expect(run.code).not.toBe(0);
  expect(run.stderr).toMatch(/PREFISH_SANDBOX_MISSING|No sandbox works/);
  expect(run.stderr).toMatch(/“sandbox: none” in your own configuration[^]*whatever you can/);
  expect(run.stderr).toContain('nothing was sent');
  const explained = await t.run(['explain', '& say hi']);
  expect(explained.stdout).toMatch(/sandbox +bubblewrap; refused where that does not work\n/);
});

test('with sandbox: none it runs in its own copy, marked unsandboxed wherever it shows', async () => {
  await using t = await setting('none');
  const explained = await t.run(['explain', '& say hi']);
  expect(explained.stdout).toMatch(
    /sandbox +bubblewrap; where that does not work, unsandboxed.*\(sandbox: none/,
  );
  const run = await t.run(['-c', '& --wait edit a.txt <<changed']);
  expect(run, run.stderr).toMatchObject({ code: 0 });
  const task = await finished(t, '@last');
  expect(task).toMatchObject({ state: 'completed', sandbox: 'none', network: 'full', result: { files: 1 } });
  expect((await t.run(['tasks', 'ls'])).stdout).toContain('unsandboxed');
  expect(await transcript(t, '@last')).toContainEqual(
    expect.objectContaining({ code: 'PREFISH_UNSANDBOXED' }),
  );
  expect(await readFile(join(t.cwd, 'a.txt'), 'utf8')).toBe('a\n');
  // What was asked for by name is not given up.
  const limited = await t.run(['-c', '& --network allowlist say hi']);
  expect(limited.code).not.toBe(0);
  expect(limited.stderr).toContain('allowlist needs a sandbox');
});

test('its model is reached through the gateway there too, and the credential is not among its variables', async () => {
  const asked: unknown[] = [];
  await using api = createServer((request, response) => {
    asked.push(request.headers['x-api-key']);
    request.resume().on('end', () => response.end('forty-two'));
  }).listen(0, '127.0.0.1');
  await once(api, 'listening');
  await using t = await setting('none', 'anthropic');
  await writeFile(
    join(t.cwd, 'ask.mjs'),
    `const { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: key } = process.env;
    const answer = await fetch(url + '/v1/messages', { method: 'POST', headers: { 'x-api-key': key }, body: '{}' });
    console.log(key === 'hush', await answer.text());`,
  );
  const { port } = api.address() as AddressInfo;
  const variables = { ANTHROPIC_API_KEY: 'hush', ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}` };
  const run = await t.run(['-c', '& --wait run node ask.mjs'], variables);
  expect(run, run.stderr).toMatchObject({ code: 0 });
  expect(asked).toEqual(['hush']);
  const events = await transcript(t, '@last');
  expect(events.findLast(({ type }) => type === 'tool')).toMatchObject({
    detail: { output: 'false forty-two\n' },
  });
});

test('with sandbox: bwrap a shell line is refused too', async () => {
  await using t = await setting('bwrap');
  const run = await t.run(['-c', '& !true']);
  expect(run.code).not.toBe(0);
  expect(run.stderr).toContain('sandbox: bwrap');
});
