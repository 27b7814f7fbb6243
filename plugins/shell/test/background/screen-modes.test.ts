import { expect, test } from 'vitest';
import { ScreenModes } from '../../src/background/screen-modes.ts';

function after(...printed: readonly string[]): ScreenModes {
  const modes = new ScreenModes();
  for (const text of printed) modes.take(text);
  return modes;
}

test('what was switched is put back, and nothing else', () => {
  const modes = after(
    '\x1b[?1049h\x1b[?1h\x1b=',
    '\x1b[?1000;1006h\x1b[?25l\x1b[?7l',
    '\x1b[?2004h\x1b[?2004l',
  );
  expect(modes.undo()).toBe('\x1b[?1049l\x1b[?1l\x1b[?1000l\x1b[?1006l\x1b[?25h\x1b[?7h\x1b>\x1b[0m');
  expect(after('\x1b[31mred').areChanged).toBe(false);
});

test('a sequence may come in parts', () => {
  const modes = after('text \x1b', '[?10', '49h');
  expect(modes.isFullScreen).toBe(true);
  modes.take('\x1b[?1049');
  modes.take('l');
  expect(modes.areChanged).toBe(false);
});

test('keyboards that were pushed are popped; a reset leaves nothing to do', () => {
  expect(after('\x1b[>1u\x1b[>5u\x1b[<u').undo()).toBe('\x1b[<1u\x1b[0m');
  expect(after('\x1b[?1003h\x1b=\x1bc').areChanged).toBe(false);
});
