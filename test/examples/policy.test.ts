import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { definePlugin } from '@prefish/core';
import { testShell, type Answers, type TestShell } from '@prefish/testing';
import { expect, test } from 'vitest';
import policy from '../../examples/policy/policy.ts';

/** Prefixes with the ids that run commands, which here only say so. */
const commands = definePlugin({
  name: 'commands',
  api: '^1',
  setup(shell) {
    for (const [id, token] of Object.entries({ shell: '!', teleport: '&', memory: '#' })) {
      shell.prefix({
        id,
        token,
        summary: 'Take a line',
        run: (body) => ({ type: 'ok', message: `ran ${body}`, exit: { code: body === 'false' ? 1 : 0 } }),
      });
    }
  },
});

function underPolicy(answers: Answers = []): Promise<TestShell> {
  return testShell({
    plugins: ({ home }) => [commands(), policy({ log: join(home, 'audit.jsonl') })],
    answers,
  });
}

test.each([
  '!rm -rf build',
  '& !rm -fr build',
  '!cd x && rm  -Rf .',
  '!rm -r -f build',
  '!rm -f build -r',
  '!rm --recursive --force build',
  '!rm --force -vR build',
  '!/bin/rm -rf build',
])('%s is asked about', async (line) => {
  await using t = await underPolicy([false, true]);
  expect(await t.submit(line)).toMatchObject({
    outcome: { type: 'denied' },
    code: 2,
    questions: [{ message: `Really run ${line}?`, default: false }],
  });
  expect((await t.submit(line)).message).toMatch(/^ran /);
});

test.each([
  '!rm build',
  '!rm -r build',
  '!rm --force build',
  '!rm -r build; tail -f log',
  '!rm build-r-f',
  '# never rm -rf',
  '!npm run format',
])('%s is not', async (line) => {
  await using t = await underPolicy();
  expect(await t.submit(line)).toMatchObject({ code: 0, questions: [] });
});

test('where nobody can say yes, the answer is no', async () => {
  await using t = await underPolicy('nobody');
  expect(await t.submit('!rm -rf build', { origin: 'script' })).toMatchObject({ code: 2 });
});

test('every line is in the log with its end, for nobody else to read', async () => {
  await using t = await underPolicy([false]);
  await t.submit('!true');
  await t.submit('!false');
  await t.submit('!rm -rf /');
  await t.submit('no owner');
  const file = join(t.home, 'audit.jsonl');
  const entries = (await readFile(file, 'utf8')).trimEnd().split('\n');
  expect(entries.map((text) => JSON.parse(text))).toMatchObject([
    { line: '!true', outcome: 'ok', code: 0, at: expect.stringMatching(/Z$/) },
    { line: '!false', outcome: 'ok', code: 1 },
    { line: '!rm -rf /', outcome: 'denied', code: 2 },
    { line: 'no owner', outcome: expect.stringContaining('Nobody takes plain text'), code: 2 },
  ]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});
