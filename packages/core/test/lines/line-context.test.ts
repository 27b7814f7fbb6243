import { describe, expect, test } from 'vitest';
import type { Event, Out } from '../../src/index.ts';
import { plugin, startShell } from '../start-shell.ts';

/** What is heard of a line whose handler talks like this. */
async function heard(talk: (out: Out) => void): Promise<readonly Event[]> {
  const talker = plugin('talker', (shell) =>
    shell.prefix({
      id: 'talker',
      token: '>',
      summary: 'Talk',
      run: (_body, { out }) => {
        talk(out);
        return { type: 'ok' };
      },
    }),
  );
  await using t = await startShell([talker]);
  expect((await t.shell.submit('> x')).exit).toEqual({ code: 0 });
  return t.events;
}

describe('what a handler says', () => {
  test.each([
    ['null', null, 'null'],
    ['a text', 'hello', 'string'],
    ['an object without a type', { text: 'x' }, 'without a type'],
    ['an unknown type', { type: 'shout', text: 'x' }, 'shout'],
    ['the end of the line', { type: 'exit', code: 0 }, '"exit"'],
    ['a message without a text', { type: 'message', role: 'agent' }, 'text'],
    ['a state that is none', { type: 'state', state: 'bogus' }, 'state'],
    ['an output to nowhere', { type: 'output', stream: 'printer', text: 'x' }, 'stream'],
    ['a plan without entries', { type: 'plan', entries: 'all' }, 'entries'],
    [
      'a message that cannot be read',
      {
        type: 'message',
        role: 'agent',
        get text() {
          throw new Error('lazy');
        },
      },
      'lazy',
    ],
  ])('as an event, when it is %s, is a warning that names the plugin', async (_what, event, why) => {
    expect(await heard((out) => out.event(event as never))).toMatchObject([
      {
        type: 'warning',
        code: 'PREFISH_PLUGIN_FAILED',
        plugin: 'talker',
        message: expect.stringContaining(why),
      },
      { type: 'exit', code: 0 },
    ]);
  });

  test('has the numbers and dates of the shell', async () => {
    const events = await heard((out) =>
      out.event({ seq: 99, at: 'never', type: 'thought', text: 'hm' } as never),
    );
    expect(events).toMatchObject([{ seq: 1, type: 'thought', text: 'hm' }, { seq: 2 }]);
    expect(Date.parse(events[0]!.at)).not.toBeNaN();
  });

  test('of a task that was submitted is passed on', async () => {
    const [event] = await heard((out) => out.event({ type: 'state', state: 'submitted', task: 't1' }));
    expect(event).toMatchObject({ type: 'state', state: 'submitted', task: 't1' });
  });

  test('is text, whatever it was', async () => {
    const events = await heard((out) => {
      out.write({ a: 1 } as never);
      out.write(5 as never, 'printer' as never);
      out.line(Symbol('x') as never);
      out.write('e', 'stderr');
      out.warn(7 as never, new Error('hm') as never, null as never);
    });
    expect(events).toMatchObject([
      { type: 'output', stream: 'stdout', text: '[object Object]' },
      { type: 'output', stream: 'stdout', text: '5' },
      { type: 'output', stream: 'stdout', text: 'Symbol(x)\n' },
      { type: 'output', stream: 'stderr', text: 'e' },
      { type: 'warning', code: '7', message: 'Error: hm', plugin: 'talker' },
      { type: 'exit' },
    ]);
  });

  test('and is no text at all is a warning', async () => {
    expect(await heard((out) => out.line(Object.create(null) as never))).toMatchObject([
      { type: 'warning', plugin: 'talker' },
      { type: 'exit', code: 0 },
    ]);
  });

  test('as a line of a transcript has to be an event', async () => {
    const ended: Event = { seq: 7, at: '2026-01-01T00:00:00Z', task: 't1', type: 'exit', code: 3 };
    const events = await heard((out) => {
      out.record(null as never);
      out.record(ended);
    });
    expect(events).toMatchObject([{ type: 'warning', plugin: 'talker' }, ended, { type: 'exit', code: 0 }]);
  });
});
