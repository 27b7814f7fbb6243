import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fakeAgent } from '@prefish/testing/agent';
import { expect, test } from 'vitest';
import { agentShell } from '../agent-shell.ts';

test('the agents of a key begin with the configured one', async () => {
  const env = { ANTHROPIC_API_KEY: 'k', OPENAI_API_KEY: 'k' };
  await using own = await agentShell({ agent: { ...fakeAgent(), model: 'openai' }, env });
  expect((await own.command('keys', [])).message).toBe(
    'ANTHROPIC_API_KEY  a variable     for Claude Code, opencode\nOPENAI_API_KEY     a variable     for node, Codex',
  );
  await using gone = await agentShell({ agent: { command: '/nowhere/agent' }, env });
  expect((await gone.command('keys', [])).message).toContain('for Claude Code, opencode');
});

test('leave to use Codex’s login says that there is none', async () => {
  await using t = await agentShell({ env: { PATH: '/nowhere' } });
  const allow = async () => (await t.command('keys', ['allow', 'codex'])).message;
  expect(await allow()).toBe(
    'Tasks may use Codex’s login. There is none yet: Codex is not on PATH. Once it is, `codex login` makes one.',
  );
  expect((await t.command('keys', ['disallow', 'codex'])).message).toBe('No task uses Codex’s login.');
  await mkdir(join(t.home, '.codex'));
  await writeFile(join(t.home, '.codex', 'auth.json'), '{"OPENAI_API_KEY":"k"}');
  expect(await allow()).toBe('Tasks may use Codex’s login.');
});
