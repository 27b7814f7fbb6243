import { mkdir, readFile, writeFile } from 'node:fs/promises';
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
async function setting(sandbox: Config['sandbox']) {
  const home = await sandboxHome();
  const env = { PATH: await withoutBubblewrap(home) };
  const agent = { command: process.execPath, args: [bundled.file], model: 'none' };
  await mkdir(join(home.prefishHome, 'config'), { recursive: true });
  await writeFile(
    join(home.prefishHome, 'config', 'prefish.config.json'),
    JSON.stringify({ agent, ...(sandbox === undefined ? {} : { sandbox }) }),
  );
  const { path: cwd } = await home.repository({ 'a.txt': 'a\n' });
  return Object.assign(home, {
    cwd,
    run: (...args: string[]): Promise<Run> => home.prefish(args, { cwd, env }),
  });
}

test('a message is refused without a sandbox, naming what lets it run and the risk', async () => {
  await using t = await setting(undefined);
  const run = await t.run('-c', '& say hi');
  expect(run.code).not.toBe(0);
  expect(run.stderr).toMatch(/PREFISH_SANDBOX_MISSING|No sandbox works/);
  expect(run.stderr).toMatch(/“sandbox: none” in your own configuration[^]*whatever you can/);
  expect(run.stderr).toContain('nothing was sent');
  const explained = await t.run('explain', '& say hi');
  expect(explained.stdout).toMatch(/sandbox +bubblewrap; refused where that does not work\n/);
});

test('with sandbox: none it runs in its own copy, marked unsandboxed wherever it shows', async () => {
  await using t = await setting('none');
  const explained = await t.run('explain', '& say hi');
  expect(explained.stdout).toMatch(
    /sandbox +bubblewrap; where that does not work, unsandboxed.*\(sandbox: none/,
  );
  const run = await t.run('-c', '& --wait edit a.txt <<changed');
  expect(run, run.stderr).toMatchObject({ code: 0 });
  const task = await finished(t, '@last');
  expect(task).toMatchObject({ state: 'completed', sandbox: 'none', network: 'full', result: { files: 1 } });
  expect((await t.run('tasks', 'ls')).stdout).toContain('unsandboxed');
  expect(await transcript(t, '@last')).toContainEqual(
    expect.objectContaining({ code: 'PREFISH_UNSANDBOXED' }),
  );
  expect(await readFile(join(t.cwd, 'a.txt'), 'utf8')).toBe('a\n');
  // What was asked for by name is not given up.
  const limited = await t.run('-c', '& --network allowlist say hi');
  expect(limited.code).not.toBe(0);
  expect(limited.stderr).toContain('allowlist needs a sandbox');
});

test('with sandbox: bwrap a shell line is refused too', async () => {
  await using t = await setting('bwrap');
  const run = await t.run('-c', '& !true');
  expect(run.code).not.toBe(0);
  expect(run.stderr).toContain('sandbox: bwrap');
});
