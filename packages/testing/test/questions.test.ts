import { describe, expect, test } from 'vitest';
import { testShell, type Answers } from '../src/index.ts';
import { plugin } from './support/plugin.ts';

const asker = plugin((shell) => {
  shell.prefix({
    id: 'delete',
    token: '-',
    summary: 'Delete, when told so twice',
    async run(body, { ask, out }) {
      if (!(await ask.confirm(`Delete ${body}?`, { default: true }))) return { type: 'ok', message: 'kept' };
      const how = await ask.select('How?', ['slowly', 'at once']);
      out.line(`gone ${how}`);
      return { type: 'ok' };
    },
  });
  shell.prefix({
    id: 'careless',
    token: '~',
    summary: 'Takes no answer for a no',
    run: async (_body, { ask }) => ({ type: 'ok', data: await ask.confirm('Sure?').catch(() => false) }),
  });
});

describe('questions', () => {
  test.each<[string, Answers]>([
    ['in their order', [true, 'at once']],
    ['by a part of their text', { 'How?': 'at once', Delete: true }],
    ['by a function', ({ kind }) => kind === 'confirm' || 'at once'],
  ])('are answered %s', async (_how, answers) => {
    await using t = await testShell({ plugins: [asker], answers });
    const line = await t.submit('- notes');
    expect(line.text).toBe('? Delete notes? yes\n? How? at once\ngone at once\n');
    expect(line.questions).toEqual([
      { kind: 'confirm', message: 'Delete notes?', choices: [], default: true, answer: true },
      {
        kind: 'select',
        message: 'How?',
        choices: ['slowly', 'at once'],
        default: 'slowly',
        answer: 'at once',
      },
    ]);
    expect(t.questions).toEqual(line.questions);
  });

  test('are answered with their defaults, as --yes does', async () => {
    await using t = await testShell({ plugins: [asker], answers: 'defaults' });
    expect((await t.submit('- notes')).stdout).toContain('gone slowly\n');
  });

  test('reach nobody, as in a script', async () => {
    await using t = await testShell({ plugins: [asker], answers: 'nobody' });
    expect(await t.submit('- notes')).toMatchObject({ error: { code: 'PREFISH_NO_TTY' }, questions: [] });
  });

  test('are left by a function that throws, as by Esc', async () => {
    const left = new Error('left');
    await using t = await testShell({
      plugins: [asker],
      answers: () => {
        throw left;
      },
    });
    expect((await t.submit('- notes')).error).toMatchObject({ cause: left });
  });

  test('that nobody answers fail the test, though the plugin takes it for a no', async () => {
    await using t = await testShell({ plugins: [asker] });
    await expect(t.submit('~')).rejects.toMatchObject({
      message: 'Nothing answers the question "Sure?"',
      hint: 'testShell({ answers: { "Sure?": true } })',
    });
  });

  test('that are answered with what is no answer fail the test', async () => {
    await using t = await testShell({ plugins: [asker], answers: { Delete: true, How: 'never' } });
    await expect(t.submit('- notes')).rejects.toMatchObject({
      message: '"never" is no answer to the question "How?"',
      hint: 'It takes "slowly", "at once".',
    });
  });

  test('that nobody answers fail the line that asked, not one beside it', async () => {
    const slow = plugin((shell) =>
      shell.prefix({
        id: 'slow',
        token: '^',
        summary: 'Ask, or end later than who asks',
        async run(body, { ask }) {
          if (body === 'ask') await ask.confirm('Sure?').catch(() => false);
          else await asked.promise;
          asked.resolve();
          return { type: 'ok' };
        },
      }),
    );
    const asked = Promise.withResolvers<void>();
    await using t = await testShell({ plugins: [slow] });
    const [beside, asking] = await Promise.allSettled([t.submit('^ wait'), t.submit('^ ask')]);
    expect(beside).toMatchObject({ status: 'fulfilled', value: { code: 0 } });
    expect(asking).toMatchObject({
      status: 'rejected',
      reason: { message: 'Nothing answers the question "Sure?"' },
    });
  });
});
