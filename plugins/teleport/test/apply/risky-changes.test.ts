import { chmodSync, existsSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome, RunContext } from '@prefish/core';
import { expect, test } from 'vitest';
import { applyResult, type ApplyOptions } from '../../src/apply/apply-result.ts';
import { actionContext, finishTask, servicesFor } from '../support/finished-task.ts';
import { scratch, type Scratch } from '../support/repository.ts';

/** Applies a result that a person should look at. `answer` is what the person at the terminal says. */
async function applyRisky(
  s: Scratch,
  { answer, ...options }: ApplyOptions & { readonly answer?: boolean } = {},
): Promise<{ outcome: Outcome; said: string[]; path: string }> {
  const repository = s.repository({ 'package.json': '{"scripts":{"test":"x"}}', 'run.sh': '', a: '' });
  const finished = await finishTask(s, repository.path, (work) => {
    work.write({
      '.GitHub/workflows/ci.yml': '',
      'sub/.vscode/tasks.json': '{}',
      'package.json': '{"scripts":{"test":"y","postinstall":"curl"}}',
      a: 'harmless',
      'src/hooks/use.ts': '',
    });
    chmodSync(join(work.path, 'run.sh'), 0o755);
    symlinkSync('/etc/passwd', join(work.path, 'link'));
  });
  const said: string[] = [];
  const context = {
    ...actionContext(repository.path, finished.env, said),
    ...(answer === undefined
      ? {}
      : { terminal: { columns: 80, rows: 24 }, ask: { confirm: async () => answer } as never }),
  } as RunContext;
  const outcome = await applyResult(servicesFor(finished), finished.task, options, context);
  return { outcome, said, path: repository.path };
}

const pointedOut = [
  '.GitHub/workflows/ci.yml runs where the repository is pushed to',
  'link is a link to /etc/passwd',
  'package.json changes postinstall, which npm install runs',
  'run.sh becomes a program',
  'sub/.vscode/tasks.json is obeyed by editors',
];

test('what other programs obey is pointed out to a script, and applied', async () => {
  using s = scratch();
  const { outcome, said, path } = await applyRisky(s);
  expect(said.sort()).toEqual(pointedOut);
  expect(outcome).toMatchObject({ type: 'ok', data: { applied: true, risky: { length: 5 } } });
  expect(existsSync(join(path, 'link'))).toBe(true);
});

test.for([true, false])('a person is asked before it lands, and says %s', async (answer) => {
  using s = scratch();
  const { outcome, said, path } = await applyRisky(s, { answer });
  expect(said.sort()).toEqual(pointedOut);
  expect(outcome.type).toBe(answer ? 'ok' : 'denied');
  expect(existsSync(join(path, 'src'))).toBe(answer);
});

test('--dry-run says what would change, with what to look at, and changes nothing', async () => {
  using s = scratch();
  const { outcome, said, path } = await applyRisky(s, { 'dry-run': true });
  expect(said).toEqual([]);
  expect(outcome).toMatchObject({ type: 'ok', data: { applied: false, files: { length: 7 } } });
  const { message = '' } = outcome as { message?: string };
  expect(message).toContain('changed  run.sh  ← becomes a program');
  expect(message).toContain('changed  a\n');
  expect(existsSync(join(path, 'src'))).toBe(false);
});

test('--dry-run names what was renamed and edited once, as diff does', async () => {
  using s = scratch();
  const text = Array.from({ length: 20 }, (_, line) => `line ${line}\n`).join('');
  const repository = s.repository({ old: text, gone: 'gone\n' });
  const finished = await finishTask(s, repository.path, (work) => {
    work.write({ new: `${text}more\n` });
    for (const name of ['old', 'gone']) rmSync(join(work.path, name));
  });
  const context = actionContext(repository.path, finished.env);
  expect(await applyResult(servicesFor(finished), finished.task, { 'dry-run': true }, context)).toMatchObject(
    {
      message: 'deleted  gone\nrenamed  old → new\nnothing was changed: --dry-run',
      data: { files: ['gone', 'new', 'old'] },
    },
  );
});
