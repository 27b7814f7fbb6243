import { PrefishError } from '@prefish/protocol';
import { expect, test } from 'vitest';
import { createShell, type Event, type Out } from '../../src/index.ts';
import { plugin, startShell } from '../start-shell.ts';

const saying = (say: (out: Out) => unknown): ReturnType<typeof plugin> =>
  plugin('sayer', (shell) =>
    shell.prefix({
      id: 'say',
      token: '>',
      summary: '',
      run: async (_, { out }) => {
        await say(out);
        return { type: 'ok' };
      },
    }),
  );
const recorded: Event = {
  seq: 41,
  at: '2026-01-01T00:00:00.000Z',
  type: 'output',
  stream: 'stdout',
  text: 'x',
};

test('what happens is numbered from 1 and dated, line after line', async () => {
  const before = Date.now();
  await using t = await startShell([saying((out) => out.line('x'))]);
  await t.shell.submit('> x');
  await t.shell.submit('> x');
  expect(t.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  for (const { at } of t.events) {
    expect(new Date(at).toISOString()).toBe(at);
    expect(Date.parse(at)).toBeGreaterThanOrEqual(before);
  }
});

test('a record stays as it is, and goes to its own listener where there is one', async () => {
  await using t = await startShell([saying((out) => out.record(recorded))]);
  await t.shell.submit('> x');
  expect(t.events[0]).toEqual(recorded);

  const records: Event[] = [];
  const record = (event: Event): void => void records.push(event);
  await using apart = await startShell([saying((out) => out.record(recorded))], { host: { record } });
  await apart.shell.submit('> x');
  expect(records).toEqual([recorded]);
  expect(apart.events.map(({ seq, type }) => [seq, type])).toEqual([[1, 'exit']]);
});

const numbered = { seq: 1, at: expect.any(String) as string };

test('a warning is in the words of the plugin, with a hint when it gives one', async () => {
  await using t = await startShell([
    saying((out) => {
      out.warn('PLUGIN_SAYER_OLD', 'old');
      out.warn('PLUGIN_SAYER_OLD', 'old', 'renew it');
    }),
  ]);
  await t.shell.submit('> x');
  const warning = { ...numbered, type: 'warning', code: 'PLUGIN_SAYER_OLD', message: 'old', plugin: 'sayer' };
  expect(t.events.slice(0, 2)).toStrictEqual([warning, { ...warning, seq: 2, hint: 'renew it' }]);
});

test('an error has what it knows of plugin and hint, and nothing else', async () => {
  await using t = await startShell([
    saying(() => {
      throw new PrefishError('PLUGIN_SAYER_EMPTY', 'empty', { hint: 'write something' });
    }),
  ]);
  await t.shell.submit('> x');
  const told = { ...numbered, type: 'error', code: 'PLUGIN_SAYER_EMPTY', hint: 'write something' };
  expect(t.events[0]).toEqual({ ...told, message: expect.stringContaining('empty'), plugin: 'sayer' });
  await t.shell.submit('nobody takes this');
  expect(t.events.find(({ type, seq }) => type === 'error' && seq > 1)).not.toHaveProperty('plugin');
  await using bare = await startShell([
    saying(() => {
      throw new PrefishError('PLUGIN_SAYER_EMPTY', 'empty');
    }),
  ]);
  await bare.shell.submit('> x');
  expect(bare.events[0]).not.toHaveProperty('hint');
});

test('a flood waits for its host; a shell without a host says nothing, and runs', async () => {
  const order: string[] = [];
  const drain = async (): Promise<void> => {
    await new Promise(setImmediate);
    order.push('drained');
  };
  const flood = saying(async (out) => {
    out.line('x');
    out.record(recorded);
    await out.drain();
    order.push('went on');
  });
  await using t = await startShell([flood], { host: { drain } });
  await t.shell.submit('> x');
  expect(order).toEqual(['drained', 'went on']);

  await using silent = await createShell({ plugins: [flood] });
  expect((await silent.submit('> x')).exit).toEqual({ code: 0 });
  expect(order.at(-1)).toBe('went on');
});
