import { sanitizeLabel, truncate, type KeyPress, type Style } from '@prefish/screen';
import { EditBuffer } from './edit-buffer.ts';
import { editWith } from './edit-keys.ts';
import type { View } from './editor-screen.ts';
import type { History } from './history.ts';
import { layOut } from './layout.ts';
import { scrolled } from './scrolled.ts';

const maxRows = 10;

/** What a key did to a search: the line that it found, `left` it as it began, or went on. */
export type SearchStep = { readonly found: string } | 'left' | 'on';

/** Ctrl+R: lines of before, newest first, fewer with each word that is typed. */
export class HistorySearch {
  readonly #history: History;
  readonly #query = new EditBuffer();
  #matches: readonly string[];
  #selected = 0;
  #first = 0;

  constructor(history: History, query: string) {
    this.#history = history;
    this.#query.set(query);
    this.#matches = history.matching(query);
  }

  press(key: KeyPress): SearchStep {
    const plain = !key.ctrl && !key.meta;
    const name = key.ctrl ? `ctrl+${key.name}` : key.name;
    if (/^(?:escape|ctrl\+[cg])$/.test(name)) return 'left';
    if (/^(?:return|tab|right|ctrl\+[ef])$/.test(name) && !key.meta) return this.#take();
    if ((plain && name === 'up') || /^ctrl\+[sn]$/.test(name)) this.#move(-1);
    else if ((plain && name === 'down') || /^ctrl\+[rp]$/.test(name)) this.#move(1);
    else this.#edit(key);
    return 'on';
  }

  view(columns: number, height: number, style: Style): View {
    const { text, cursor } = this.#query;
    const layout = layOut({ prompt: style.cyan('history: '), text, cursor, columns, height });
    const room = Math.max(0, Math.min(maxRows, height - layout.rows.length));
    const { items, first, count } = scrolled(this.#matches, {
      selected: this.#selected,
      first: this.#first,
      room,
    });
    this.#first = first;
    const rows = items.map((line, index) => {
      const label = truncate(sanitizeLabel(line), columns - 2);
      return first + index === this.#selected ? style.cyan(`> ${label}`) : `  ${label}`;
    });
    if (count !== undefined) rows.push(style.dim(truncate(`  ${count}`, columns)));
    if (this.#matches.length === 0 && room > 0) rows.push(style.dim('  nothing found · Esc goes back'));
    return { rows: [...layout.rows, ...rows], cursor: layout.cursor };
  }

  #take(): SearchStep {
    const found = this.#matches[this.#selected];
    return found === undefined ? 'on' : { found };
  }

  #move(by: 1 | -1): void {
    this.#selected = Math.max(0, Math.min(this.#matches.length - 1, this.#selected + by));
  }

  #edit(key: KeyPress): void {
    const before = this.#query.text;
    editWith(key, this.#query);
    if (this.#query.text === before) return;
    this.#matches = this.#history.matching(this.#query.text);
    this.#selected = 0;
  }
}
