import { describe, expect, test } from 'vitest';
import { keys, testShell } from '../src/index.ts';
import { plugin } from './support/plugin.ts';

const pager = plugin((shell) =>
  shell.prefix({
    id: 'page',
    token: '=',
    summary: 'Show keys until q',
    async run(body, { lendTerminal, out, terminal }) {
      out.write(`opening at ${terminal?.columns}`);
      const seen = await lendTerminal(async (lent) => {
        lent.write('\x1b[?1049h\x1b[H');
        const draw = (text: string): void => void lent.write(`\x1b[H\x1b[J${text}\r\n${lent.columns} wide`);
        let typed = '';
        draw('ready');
        lent.onResize(() => draw(typed));
        await new Promise<void>((resolve) =>
          lent.onInput((data) => {
            for (const key of data.toString()) {
              if (key === 'q') return resolve();
              typed += key;
            }
            draw(JSON.stringify(typed));
          }),
        );
        lent.write('\x1b[?1049l');
        return typed;
      });
      return { type: 'ok', message: `${body} saw ${seen.length} characters` };
    },
  }),
);

describe('a terminal', () => {
  test('is lent: keys are typed, the screen is seen, the size changes', async () => {
    await using t = await testShell({ plugins: [pager], terminal: { columns: 40, rows: 10 } });
    const line = t.submit('= it');
    await t.terminal.shows('ready\n40 wide');
    expect(t.terminal.fullScreen).toBe(true);
    t.terminal.type('a', keys.down);
    expect(t.terminal.screen).toBe(String.raw`"a\u001b[B"` + '\n40 wide');
    t.terminal.resize(60, 10);
    expect(t.terminal.screen).toContain('60 wide');
    t.terminal.type('q');
    expect((await line).message).toBe('it saw 4 characters');
    expect(t.terminal).toMatchObject({ fullScreen: false, columns: 60, rows: 10 });
    expect(t.terminal.screen).toBe('opening at 40\nit saw 4 characters');
  });

  test('keeps what is typed ahead', async () => {
    await using t = await testShell({ plugins: [pager], terminal: true });
    t.terminal.type('a', 'b', 'q');
    expect((await t.submit('= it')).message).toBe('it saw 2 characters');
  });

  test('says what it shows instead of what was waited for', async () => {
    await using t = await testShell({ plugins: [pager], terminal: true });
    const line = t.submit('= it');
    await t.terminal.shows(/ready/);
    await expect(t.terminal.shows('done', { timeout: 20 })).rejects.toThrow(/did not show done.*\nready/);
    t.terminal.type('q');
    await line;
  });

  test('works while time stands still', async () => {
    await using t = await testShell({ plugins: [pager], terminal: true, clock: true });
    const line = t.submit('= it');
    await t.terminal.shows('ready');
    t.terminal.type('q');
    expect((await line).code).toBe(0);
  });

  test('is not there unless asked for', async () => {
    await using t = await testShell({ plugins: [pager] });
    expect(await t.submit('= it')).toMatchObject({
      error: { code: 'PREFISH_NO_TTY' },
      stdout: 'opening at undefined',
    });
    expect(() => t.terminal).toThrow('testShell({ terminal: true })');
  });
});

test('colours are asked for, and are no part of the text', async () => {
  const painter = plugin((shell) =>
    shell.prefix({
      id: 'paint',
      token: '=',
      summary: 'Red, where that is wanted',
      run(body, { out, color }) {
        out.line(color ? `\x1b[31m${body}\x1b[m` : body);
        return { type: 'ok' };
      },
    }),
  );
  await using t = await testShell({ plugins: [painter], color: true });
  const line = await t.submit('= red');
  expect(line.text).toBe('red\n');
  expect(line.events[0]).toMatchObject({ text: '\x1b[31mred\x1b[m\n' });
});
