import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fakeAgent } from '@prefish/testing/agent';
import { describe, expect, test } from 'vitest';
import { findAgents } from '../../src/index.ts';
import { agentShell, temporaryFolder } from '../agent-shell.ts';

/** A folder for PATH in which each of these names starts the fake agent, which says by what name. */
async function folderWith(...programs: readonly string[]): Promise<string> {
  const folder = await temporaryFolder();
  const { command, args } = fakeAgent();
  for (const program of programs) {
    const path = join(folder, program);
    await writeFile(path, `#!/bin/sh\necho "$0 $*" >&2\nexec '${command}' '${args[0]}'\n`);
    await chmod(path, 0o755);
  }
  return folder;
}

/** Says which program took the message: its own words on standard error are in the error. */
const whoAreYou = 'crash';

describe('which agents there are', () => {
  test('each by its adapter or itself; what is missing is said, with what brings it', async () => {
    const PATH = await folderWith('claude', 'codex-acp');
    expect(findAgents({ PATH })).toMatchObject([
      { id: 'claude', missing: 'claude is there, its adapter claude-agent-acp is not' },
      { id: 'codex', spec: { file: `${PATH}/codex-acp`, args: [] } },
      { id: 'gemini', missing: 'no gemini on PATH', install: 'npm install -g @google/gemini-cli' },
      { id: 'opencode', missing: 'no opencode on PATH' },
    ]);
  });

  test('folders of PATH that are relative are not looked into', () => {
    expect(findAgents({ PATH: '.:bin' }).filter(({ spec }) => spec !== undefined)).toEqual([]);
  });

  test.each([
    ['0.32.1', '--experimental-acp'],
    ['0.33.0', '--acp'],
    ['1.0.0', '--acp'],
    [undefined, '--acp'],
  ])('Gemini CLI %s is started with %s', async (version, flag) => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'lib/dist'), { recursive: true });
    if (version !== undefined) await writeFile(join(root, 'lib/package.json'), JSON.stringify({ version }));
    await writeFile(join(root, 'lib/dist/gemini.js'), '', { mode: 0o755 });
    await symlink(join(root, 'lib/dist/gemini.js'), join(root, 'gemini'));
    const gemini = findAgents({ PATH: root }).find(({ id }) => id === 'gemini');
    expect(gemini?.spec?.args).toEqual([flag]);
    if (version !== undefined) expect(gemini?.version).toBe(version);
  });
});

describe('which one takes the messages', () => {
  test('none: what was looked for, and what brings it', async () => {
    await using t = await agentShell({ env: { PATH: '/nowhere' } });
    const { error, code } = await t.submit('hello');
    expect(error).toMatchObject({ code: 'PREFISH_AGENT_MISSING' });
    expect(error?.message).toContain('Claude Code: no claude-agent-acp on PATH');
    expect((error as { hint?: string }).hint).toMatch(
      /npm install -g opencode-ai {2}\(opencode\)\nWithout one, ! and & ! and #/,
    );
    expect(code).toBe(2);
    const again = await t.submit('hello');
    expect(again.error?.message).toBe('There is still no coding agent for plain text');
    expect(again).toMatchObject({ code: 2, error: { hint: expect.stringContaining('prefish agent') } });
  });

  test('the only one there is', async () => {
    await using t = await agentShell({ env: { PATH: await folderWith('opencode') } });
    expect((await t.submit(whoAreYou)).error?.message).toMatch(/opencode acp$/);
    expect(t.questions).toEqual([]);
  });

  test('/agent names the one that the first message goes to', async () => {
    await using one = await agentShell({ env: { PATH: await folderWith('opencode') } });
    expect((await one.submit('/agent')).message).toMatch(/^Messages go to opencode\.[^]*\n\* opencode/);
    await using none = await agentShell({ env: { PATH: '/nowhere' } });
    expect((await none.submit('/agent')).message).toMatch(/^The first message starts an agent\.\n {2}claude/);
  });

  test('of several the one that is chosen, asked once for all shells', async () => {
    const env = { PATH: await folderWith('codex-acp', 'gemini') };
    const state = await temporaryFolder();
    await using t = await agentShell({ env, state, answers: ['Gemini CLI'] });
    expect((await t.submit(whoAreYou)).error?.message).toMatch(/gemini --acp$/);
    expect(t.questions).toMatchObject([{ choices: ['Codex', 'Gemini CLI'] }]);
    await using again = await agentShell({ env, state });
    expect((await again.submit(whoAreYou)).error?.message).toMatch(/gemini --acp$/);
  });

  test('where nobody can be asked, the first, said once; somebody who can be asked later is', async () => {
    const env = { PATH: await folderWith('codex-acp', 'gemini') };
    const state = await temporaryFolder();
    const severals: number[] = [];
    for (let time = 0; time < 2; time++) {
      await using t = await agentShell({ env, state, answers: 'nobody' });
      expect((await t.submit(whoAreYou)).error?.message).toMatch(/codex-acp $|codex-acp$/);
      severals.push(
        t.events.filter((event) => 'code' in event && event.code === 'PREFISH_AGENT_SEVERAL').length,
      );
    }
    expect(severals).toEqual([1, 0]);
    await using t = await agentShell({ env, state, answers: ['Gemini CLI'] });
    expect((await t.submit(whoAreYou)).error?.message).toMatch(/gemini --acp$/);
  });

  test('/agent NAME takes another, from the next message on', async () => {
    await using t = await agentShell({ env: { PATH: await folderWith('codex-acp', 'gemini') } });
    expect((await t.submit('/agent gemini')).message).toBe('messages go to Gemini CLI');
    expect((await t.submit(whoAreYou)).error?.message).toMatch(/gemini --acp$/);
    expect((await t.submit('/agent')).message).toMatch(/^Messages go to Gemini CLI/);
    expect((await t.submit('/agent hal')).error).toMatchObject({ code: 'PREFISH_AGENT_UNKNOWN' });
    expect((await t.submit('/agent opencode')).error).toMatchObject({ hint: 'npm install -g opencode-ai' });
  });

  test('a configured one, by name or by command, with its variables', async () => {
    const PATH = await folderWith('codex-acp', 'gemini');
    await using named = await agentShell({ env: { PATH }, agent: 'gemini' });
    expect((await named.submit(whoAreYou)).error?.message).toMatch(/gemini --acp$/);
    expect((await named.submit('/agent')).message).toMatch(
      /^Messages go to Gemini CLI, as configured[^]*\n\* gemini/,
    );
    const { command, args, env } = fakeAgent();
    await using own = await agentShell({ agent: { command, args, env: { ...env, MARK: 'set' } } });
    expect((await own.submit('/agent')).message).toMatch(
      /^Messages go to node, as configured\.\n\* node +configured: \S+node \S+/,
    );
    await own.submit('run echo $MARK');
    expect(own.events).toContainEqual(
      expect.objectContaining({ detail: expect.objectContaining({ output: 'set\n' }) }),
    );
  });
});
