import type { LentTerminal, RunContext } from '@prefish/core';
import { expect, test } from 'vitest';
import { Keyboard } from '../../src/view/keyboard.ts';
import { runScreen } from '../../src/view/screen.ts';

test.each([true, false])(
  'erases as many rows as the terminal made of them when it became narrower (it wraps the row with the cursor: %s)',
  async (wrapsCursorRow) => {
    let written = '';
    const resized: (() => void)[] = [];
    const typed: ((data: Buffer) => void)[] = [];
    const terminal: LentTerminal & { columns: number } = {
      columns: 60,
      rows: 10,
      wrapsCursorRow,
      onInput: (listener) => void typed.push(listener),
      onResize: (listener) => void resized.push(listener),
      write: (data) => ((written += String(data)), true),
      drained: () => Promise.resolve(),
    };
    const left = runScreen<string>({
      terminal,
      keyboard: new Keyboard(terminal),
      context: { signal: new AbortController().signal } as RunContext,
      alternate: false,
      draw: () => ({ rows: ['title', 'x'.repeat(50)], cursor: { row: 1, column: 50 } }),
      press: (_key, leave) => leave('left'),
      live: () => Promise.resolve(),
    });
    written = '';
    terminal.columns = 30;
    for (const listener of resized) listener();
    expect(written).toContain(wrapsCursorRow ? '\x1b[2A\r\x1b[J' : '\x1b[1A\r\x1b[J');
    for (const listener of typed) listener(Buffer.from('q'));
    expect(await left).toBe('left');
  },
);
