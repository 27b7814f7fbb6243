import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { layOut } from '../../src/editor/layout.ts';
import { emulateEditor } from '../support/emulated-editor.ts';

/** How long to look for a screen that does not show what it should; the seed of a failure is printed. */
const seconds = Number(process.env['PREFISH_FUZZ_SECONDS'] ?? 4);

/** A line as a naive person would keep it: clusters, and how many of them stand before the cursor. */
class Model {
  clusters: string[] = [];
  before = 0;
  /** Everything that was printed, the lines that were finished included. */
  printed = '';
  running = false;

  press(key: string): void {
    if (key === 'left') this.before = Math.max(0, this.before - 1);
    else if (key === 'right') this.before = Math.min(this.clusters.length, this.before + 1);
    else if (key === 'home') this.before = 0;
    else if (key === 'end') this.before = this.clusters.length;
    else if (key === 'kill') this.clusters.splice(0, this.before, ...this.#none());
    else if (key === 'backspace' && this.before > 0) this.clusters.splice(--this.before, 1);
    else if (key.length > 0 && !/^[a-z]{2,}$/.test(key)) this.clusters.splice(this.before++, 0, key);
  }

  #none(): string[] {
    this.before = 0;
    return [];
  }

  get text(): string {
    return this.clusters.join('');
  }

  get cursor(): number {
    return this.clusters.slice(0, this.before).join('').length;
  }
}

const bytes: Readonly<Record<string, string>> = {
  left: '\x1b[D',
  right: '\x1b[C',
  home: '\x01',
  end: '\x05',
  kill: '\x15',
  backspace: '\x7f',
};

// Without families and flags: the emulator draws each of their parts.
const key = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', ' ', '日', 'é', 'e\u0301') },
  { weight: 3, arbitrary: fc.constantFrom(...Object.keys(bytes)) },
);
const printedText = fc.string({
  unit: fc.constantFrom('x', 'y', ' ', '語', '\n'),
  minLength: 1,
  maxLength: 60,
});
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ keys: fc.array(key, { minLength: 1, maxLength: 8 }) }) },
  { weight: 4, arbitrary: fc.record({ print: printedText }) },
  {
    weight: 2,
    arbitrary: fc.record({
      columns: fc.integer({ min: 24, max: 120 }),
      rows: fc.integer({ min: 16, max: 40 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ enter: true as const }) },
  { weight: 1, arbitrary: fc.constant({ appear: true as const }) },
  { weight: 2, arbitrary: fc.constant({ settle: true as const }) },
);

const dense = (text: string): string => text.replaceAll(/\s+/g, '');

test(
  'whatever is typed, printed and resized: the screen shows what was printed, and the line below it',
  { timeout: (seconds + 30) * 1000 },
  async () => {
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
              if (model.clusters.length > 60 && bytes[name] === undefined) continue;
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
            model.clusters = [];
            model.before = 0;
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
            if (frame !== undefined) expect(frame.slice(frame.indexOf('❯') + 1)).toBe(dense(model.text));
          } else {
            const { text, cursor } = model;
            const layout = layOut({ prompt: '❯ ', text, cursor, columns, height: 100 });
            expect(all).toBe(dense(`${model.printed}❯ ${text}`));
            const at = await emulated.cursor();
            const below = layout.rows.map((row) => row.trimEnd());
            const top = at.row - layout.cursor.row;
            while (shown.length < top + below.length) shown.push('');
            expect(shown.slice(top)).toEqual(below);
            expect(at.column).toBe(layout.cursor.column);
          }
        }
      }),
      { numRuns: Infinity, interruptAfterTimeLimit: seconds * 1000, markInterruptAsFailure: false },
    );
  },
);
