import { expect, test } from 'vitest';
import * as fc from '../../../../test/support/fast-check.ts';
import { layOut } from '../../src/editor/layout.ts';
import { emulateEditor } from '../support/emulated-editor.ts';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** A line as a naive person would keep it: its text, and a cursor that stands between two clusters. */
class Model {
  text = '';
  /** Everything that was printed, the lines that were finished included. */
  printed = '';
  running = false;
  /** Where typing goes on: what is typed may become one cluster with what is behind it. */
  #at = 0;

  get cursor(): number {
    return this.#bounds.find((bound) => bound >= this.#at) ?? this.text.length;
  }

  press(key: string): void {
    const before = this.#bounds.findLast((bound) => bound < this.cursor) ?? 0;
    if (key === 'left') this.#at = before;
    else if (key === 'right')
      this.#at = this.#bounds.find((bound) => bound > this.cursor) ?? this.text.length;
    else if (key === 'home') this.#at = this.#rowStart;
    else if (key === 'end') this.#at = this.#rowEnd;
    else if (key === 'kill') this.#replace(this.#rowStart, this.cursor, '');
    else if (key === 'newline') this.#replace(this.#at, this.#at, '\n');
    else if (key === 'backspace') this.#replace(before, this.cursor, '');
    else this.#replace(this.#at, this.#at, key);
  }

  finish(): void {
    this.text = '';
    this.#at = 0;
  }

  #replace(from: number, to: number, text: string): void {
    this.text = this.text.slice(0, from) + text + this.text.slice(to);
    this.#at = from + text.length;
  }

  get #rowStart(): number {
    return this.text.slice(0, this.cursor).lastIndexOf('\n') + 1;
  }

  get #rowEnd(): number {
    const end = this.text.indexOf('\n', this.cursor);
    return end === -1 ? this.text.length : end;
  }

  get #bounds(): readonly number[] {
    return [...Array.from(segmenter.segment(this.text), ({ index }) => index), this.text.length];
  }
}

const bytes: Readonly<Record<string, string>> = {
  left: '\x1b[D',
  right: '\x1b[C',
  home: '\x01',
  end: '\x05',
  kill: '\x15',
  backspace: '\x7f',
  newline: '\x1b\r',
};

const key = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', ' ', '日', 'é', 'e\u0301') },
  {
    weight: 3,
    arbitrary: fc.constantFrom('👨‍👩‍👧‍👦', '🇩🇪', '👍🏽', '❤️', '1️⃣', '©️', '각', 'नि', '\u0301', '🇫', '👩', '\u200d'),
  },
  { weight: 3, arbitrary: fc.constantFrom(...Object.keys(bytes)) },
);
const printedText = fc.string({
  unit: fc.constantFrom('x', 'y', ' ', '語', '👩🏽‍🚀', '🇯🇵', 'ü', '\n'),
  minLength: 1,
  maxLength: 60,
});
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ keys: fc.array(key, { minLength: 1, maxLength: 8 }) }) },
  { weight: 4, arbitrary: fc.record({ print: printedText }) },
  {
    weight: 2,
    arbitrary: fc.record({
      columns: fc.integer({ min: 16, max: 120 }),
      rows: fc.integer({ min: 16, max: 40 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ enter: true as const }) },
  { weight: 1, arbitrary: fc.constant({ appear: true as const }) },
  { weight: 2, arbitrary: fc.constant({ settle: true as const }) },
);

const dense = (text: string): string => text.replaceAll(/\s+/g, '');
const shownText = ({ text }: Model): string => dense(text.replaceAll('\n', '·'));

test('whatever is typed, printed and resized: the screen shows what was printed, and the line below it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      await using emulated = emulateEditor({ interrupt: () => {} });
      const { editor } = emulated;
      const model = new Model();
      let columns = 80;
      let finished = false;
      const read = (): void => {
        editor.freshLine();
        void editor.readLine().then(() => (finished = true));
      };
      read();
      for (const next of steps) {
        if ('keys' in next) {
          for (const name of next.keys) {
            if (model.text.length > 100 && bytes[name] === undefined) continue;
            emulated.press(bytes[name] ?? name);
            model.press(name);
          }
        } else if ('print' in next) {
          editor.write(next.print);
          model.printed += next.print;
        } else if ('columns' in next) {
          columns = next.columns;
          await emulated.resize(next.columns, next.rows);
        } else if ('enter' in next && !model.running) {
          emulated.press('\r');
          model.printed += `\n❯ ${model.text}\n`;
          model.finish();
          model.running = true;
        } else if ('appear' in next && model.running) {
          await expect.poll(emulated.rows).toContainEqual(expect.stringContaining('working'));
        } else if ('settle' in next && model.running) {
          await expect.poll(() => finished).toBe(true);
          finished = false;
          model.running = false;
          read();
        }
        const shown = await emulated.rows();
        const all = dense(shown.join(''));
        if (model.running) {
          // The frame is there by now, or not yet.
          const [above, frame] = all.split(/.working/u);
          expect(above).toBe(dense(model.printed));
          if (frame !== undefined) expect(frame).toMatch(/^\d:\d\d(?:·Escstops)?❯/);
          if (frame !== undefined) expect(frame.slice(frame.indexOf('❯') + 1)).toBe(shownText(model));
        } else {
          const { text, cursor } = model;
          const layout = layOut({ prompt: '❯ ', further: '· ', text, cursor, columns, height: 100 });
          expect(all).toBe(`${dense(model.printed)}❯${shownText(model)}`);
          const at = await emulated.cursor();
          const below = layout.rows.map((row) => row.trimEnd());
          const top = at.row - layout.cursor.row;
          while (shown.length < top + below.length) shown.push('');
          expect(shown.slice(top)).toEqual(below);
          expect(at.column).toBe(layout.cursor.column);
        }
      }
    }),
    { numRuns: 100 },
  );
});

test.each([true, false])(
  'a line that becomes wider than the terminal takes nothing away that was printed (the row with the cursor is wrapped: %s)',
  async (wrapsCursorRow) => {
    await using emulated = emulateEditor({ interrupt: () => {} }, { wrapsCursorRow });
    emulated.editor.write('printed\n');
    void emulated.editor.readLine();
    for (const key of 'abcdefghijklmnopqrst') emulated.press(key);
    await emulated.resize(16, 16);
    expect(await emulated.rows()).toEqual(['printed', '❯ abcdefghijklmn', 'opqrst']);
  },
);
