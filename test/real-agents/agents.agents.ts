import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { processesWithEnvironment } from '../support/processes.ts';
import type { SandboxHome } from '../support/sandbox-home.ts';
import { finished, show, submit, transcript } from '../support/tasks.ts';
import { keys, openTerminal } from '../support/terminal.ts';
import { until } from '../support/until.ts';
import { agentHome, agents, secret } from './agent-home.ts';
import type { ModelApi } from './model-api/model-api.ts';

describe.each(agents)('%s', (agent) => {
  test('plain', async () => {
    await using t = await agentHome(agent);
    const run = await t.home.prefish(
      ['--yes', '-c', 'FAKE write made.txt <<by the agent\nFAKE say It is written.'],
      { cwd: t.repository.path, env: t.env, timeout: 100_000 },
    );
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('It is written.') });
    expect(await readFile(join(t.repository.path, 'made.txt'), 'utf8')).toBe('by the agent\n');
    expectOnlyTheSecret(t.api);
  });

  test('cancelled', async () => {
    await using t = await agentHome(agent);
    await using shell = openTerminal(t.home, [], {
      cwd: t.repository.path,
      env: { ...t.env, MARK: agent },
    });
    await shell.shows(/❯|>/);
    shell.type('FAKE hang\r');
    await until(() => t.api.hanging > 0, 'the model to be asked', 60_000);
    const asked = performance.now();
    shell.type(keys.escape);
    await shell.shows('interrupted');
    expect(performance.now() - asked).toBeLessThan(5000);
    shell.type('!echo the prompt is back\r');
    await shell.shows(/^the prompt is back$/m);
    shell.type(keys.endOfInput);
    expect(await shell.ended).toBe(0);
    expect(await processesWithEnvironment(`MARK=${agent}`)).toEqual([]);
    expect(t.api.hanging).toBe(0);
  });

  test('teleported', async () => {
    await using t = await agentHome(agent);
    const options = { cwd: t.repository.path, env: t.env, timeout: 110_000 };
    const message =
      'FAKE write made.txt <<by the agent\nFAKE bash env > environment.txt\nFAKE say It is written.';
    const run = await t.home.prefish(['-c', `& --wait ${message}`], options);
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('It is written.') });
    const task = await show(t.home, '@last');
    expect(task).toMatchObject({
      state: 'completed',
      sandbox: 'bwrap',
      network: 'allowlist',
      result: { files: 2 },
    });

    await t.home.prefish(['tasks', 'apply', '@last', '--branch', 'result'], options);
    const { git } = t.repository;
    expect(await git('log', '-1', '--format=%s', 'result')).toBe('It is written.\n');
    expect(await git('show', 'result:made.txt')).toBe('by the agent\n');

    // Inside there is a token, outside the credential, and neither is where the other belongs.
    const environment = await git('show', 'result:environment.txt');
    expect(environment).not.toContain(secret);
    expect(JSON.stringify(await transcript(t.home, task.id))).not.toContain(secret);
    expect(await filesWith(t.home.prefishHome, secret)).toEqual([]);
    expectOnlyTheSecret(t.api);
    const values = environment.split('\n').map((line) => line.slice(line.indexOf('=') + 1));
    for (const { value } of t.api.requests.flatMap(({ credentials }) => credentials)) {
      expect(values).not.toContain(value);
    }
  });

  test('teleported, cancelled', async () => {
    await using t = await agentHome(agent);
    const options = { cwd: t.repository.path, env: t.env };
    const id = await submit(t.home, 'FAKE hang', options);
    await until(() => t.api.hanging > 0, 'the model to be asked', 60_000);
    expect(await processesOfTasks(t.home)).not.toEqual([]);
    const asked = performance.now();
    expect((await t.home.prefish(['tasks', 'cancel', id], options)).code).toBe(0);
    expect((await finished(t.home, id)).state).toBe('canceled');
    await until(() => t.api.hanging === 0, 'the request to end');
    await until(async () => (await processesOfTasks(t.home)).length === 0, 'the agent to end');
    expect(performance.now() - asked).toBeLessThan(8000);
  });
});

// Codex asks nothing within a sandbox.
describe.each(agents.filter((agent) => agent !== 'codex'))('%s', (agent) => {
  test('teleported, asked', async () => {
    await using t = await agentHome(agent, { permissions: 'ask' });
    const options = { cwd: t.repository.path, env: t.env };
    const id = await submit(t.home, 'FAKE write made.txt <<by the agent\nFAKE say It is written.', options);
    await until(async () => (await show(t.home, id)).state === 'input-required', 'the question', 60_000);
    const question = (await transcript(t.home, id)).find((event) => event.type === 'question');
    const choice = question?.choices.find((text) => /^(yes|allow)/i.test(text));
    await t.home.prefish(['tasks', 'answer', id, question!.id, choice!], options);
    expect(await finished(t.home, id)).toMatchObject({ state: 'completed', result: { files: 1 } });
  });
});

test('claude, with the token of a subscription: teleported', async () => {
  await using t = await agentHome('claude');
  const { ANTHROPIC_API_KEY: _, ...env } = t.env;
  const run = await t.home.prefish(['-c', '& --wait FAKE say It is answered.'], {
    cwd: t.repository.path,
    env: { ...env, CLAUDE_CODE_OAUTH_TOKEN: secret },
    timeout: 110_000,
  });
  expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('It is answered.') });
  expectOnlyTheSecret(t.api);
  for (const { credentials, headers } of t.api.requests) {
    expect(credentials).toEqual([{ header: 'authorization', value: secret }]);
    expect(String(headers['anthropic-beta']).split(',')).toContain('oauth-2025-04-20');
  }
});

function expectOnlyTheSecret({ requests }: ModelApi): void {
  expect(requests.length).toBeGreaterThan(0);
  const shown = requests.flatMap(({ credentials }) => credentials.map(({ value }) => value));
  expect(new Set(shown)).toEqual(new Set([secret]));
  expect(requests.map(({ status }) => status)).not.toContain(401);
}

/** What runs in tasks of a person's server. */
async function processesOfTasks({ home }: SandboxHome): Promise<number[]> {
  const own = await processesWithEnvironment(`HOME=${home}`);
  const inTasks = new Set(await processesWithEnvironment('PREFISH_TASK_FOLDER=/run/prefish/task'));
  return own.filter((pid) => inTasks.has(pid));
}

/** The files below a folder that hold a text. */
async function filesWith(folder: string, text: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const contents = await Promise.all(files.map((file) => readFile(file, 'latin1').catch(() => '')));
  return files.filter((_, index) => contents[index]!.includes(text));
}
