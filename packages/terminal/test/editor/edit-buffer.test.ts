import { expect, test } from 'vitest';
import * as fc from '../../../../test/support/fast-check.ts';
import { EditBuffer } from '../../src/editor/edit-buffer.ts';

/** `ab|cd` is a line with the cursor between b and c. */
function buffer(shown: string): EditBuffer {
  const made = new EditBuffer();
  made.set(shown.replace('|', ''), shown.indexOf('|'));
  return made;
}

function show({ text, cursor }: EditBuffer): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

test.each<[string, (line: EditBuffer) => unknown, string]>([
  ['a👨‍👩‍👧|b', (line) => line.delete('left'), 'a|b'],
  ['a🇨🇭🇩🇪|', (line) => line.delete('left'), 'a🇨🇭|'],
  ['|e\u0301x', (line) => line.delete('right'), '|x'],
  ['日本|', (line) => line.move('left'), '日|本'],
  ['one two-three|', (line) => line.move('word-left'), 'one two-|three'],
  ['one two-three|', (line) => line.kill('big-word-left'), 'one |'],
  ['|one, two', (line) => line.move('word-right'), 'one|, two'],
  ['one| two', (line) => line.kill('word-right'), 'one|'],
  ['ab|cd', (line) => line.transpose(), 'acb|d'],
  ['abcd|', (line) => line.transpose(), 'abdc|'],
  ['|ab', (line) => line.transpose(), '|ab'],
  ['a👨‍👩‍👧|', (line) => line.transpose(), '👨‍👩‍👧a|'],
  ['one |two three', (line) => line.convertWord((word) => word.toUpperCase()), 'one TWO| three'],
  ['one\nfour|\nsix', (line) => line.move('row-up'), 'one|\nfour\nsix'],
  ['one\nfour|\nsix', (line) => line.move('row-down'), 'one\nfour\nsix|'],
  ['one\nfo|ur', (line) => line.move('start'), 'one\n|four'],
  ['on|e\nfour', (line) => line.move('end'), 'one|\nfour'],
  ['日本\nab|', (line) => line.move('row-up'), '日本|\nab'],
])('%s', (before, act, after) => {
  const line = buffer(before);
  act(line);
  expect(show(line)).toBe(after);
});

test('what is killed in a row is yanked as one; Alt+Y goes back through the ring', () => {
  const line = buffer('one two three|');
  line.kill('big-word-left');
  line.kill('big-word-left');
  line.move('start');
  line.kill('end');
  expect(show(line)).toBe('|');
  line.yank();
  expect(show(line)).toBe('one |');
  line.yankPop();
  expect(show(line)).toBe('two three|');
  line.yankPop();
  expect(show(line)).toBe('one |');
});

test('Alt+Y does nothing but behind a yank', () => {
  const line = buffer('one two|');
  line.kill('big-word-left');
  line.yankPop();
  expect(show(line)).toBe('one |');
});

test('what was cut from one line can be put in the next', () => {
  const line = buffer('one|');
  line.kill('start');
  line.clear();
  line.yank();
  expect(show(line)).toBe('one|');
  line.undo();
  line.undo();
  expect(show(line)).toBe('|');
});

test('typed characters are taken back word by word, a paste as a whole', () => {
  const line = new EditBuffer();
  for (const character of 'one two') line.insert(character);
  line.insert(' pasted text', true);
  for (const expected of ['one two|', 'one|', '|', '|']) {
    line.undo();
    expect(show(line)).toBe(expected);
  }
});

const cluster = fc.constantFrom('a', 'Z', '_', ' ', '\n', '日', '👨‍👩‍👧', '🇨🇭', 'e\u0301', '-');
const action = fc.oneof(
  fc.record({ insert: cluster }),
  fc.record({ move: fc.constantFrom('left', 'right', 'start', 'end') }),
  fc.record({ delete: fc.constantFrom('left', 'right') }),
  fc.record({ kill: fc.constantFrom('start', 'end') }),
  fc.constant({ yank: true as const }),
  fc.constant({ undo: true as const }),
);

/** The same in the plainest way: an array of clusters. */
class Model {
  clusters: string[] = [];
  at = 0;

  target(to: string): number {
    if (to === 'left') return Math.max(0, this.at - 1);
    if (to === 'right') return Math.min(this.clusters.length, this.at + 1);
    if (to === 'start') return this.clusters.slice(0, this.at).lastIndexOf('\n') + 1;
    const end = this.clusters.indexOf('\n', this.at);
    return end === -1 ? this.clusters.length : end;
  }

  cut(to: string): string[] {
    const target = this.target(to);
    const from = Math.min(target, this.at);
    const cut = this.clusters.splice(from, Math.abs(target - this.at));
    this.at = from;
    return cut;
  }

  insert(clusters: readonly string[]): void {
    this.clusters.splice(this.at, 0, ...clusters);
    this.at += clusters.length;
  }

  get shown(): string {
    return `${this.clusters.slice(0, this.at).join('')}|${this.clusters.slice(this.at).join('')}`;
  }
}

test('whatever is done to it, it is what a list of clusters would be', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const line = new EditBuffer();
      const model = new Model();
      let killed: string[] = [];
      const states = new Set(['']);
      let before: string | undefined;
      for (const next of actions) {
        let kills = false;
        if ('insert' in next) {
          line.insert(next.insert);
          model.insert([next.insert]);
        } else if ('move' in next) {
          line.move(next.move as 'left');
          model.at = model.target(next.move);
        } else if ('delete' in next) {
          line.delete(next.delete as 'left');
          model.cut(next.delete);
        } else if ('kill' in next) {
          line.kill(next.kill as 'start');
          const cut = model.cut(next.kill);
          if (cut.length > 0) {
            if (before === undefined) killed = cut;
            else killed = next.kill === 'start' ? [...cut, ...killed] : [...killed, ...cut];
          }
          kills = true;
        } else if ('yank' in next) {
          line.yank();
          model.insert(killed);
        } else {
          // Only to a line that has been there.
          line.undo();
          expect([...states]).toContain(line.text);
          model.clusters = [...new Intl.Segmenter().segment(line.text)].map(({ segment }) => segment);
          model.at = [...new Intl.Segmenter().segment(line.text.slice(0, line.cursor))].length;
        }
        before = kills ? 'kill' : undefined;
        states.add(line.text);
        expect(show(line)).toBe(model.shown);
      }
    }),
    { numRuns: 500 },
  );
});
