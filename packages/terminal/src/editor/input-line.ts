import { truncate, type KeyPress, type Style } from '@prefish/screen';
import { Completer } from './completer.ts';
import { EditBuffer, type Pasted } from './edit-buffer.ts';
import { editWith } from './edit-keys.ts';
import type { View } from './editor-screen.ts';
import { History } from './history.ts';
import { HistorySearch } from './history-search.ts';
import { layOut } from './layout.ts';
import type { ActivePrefix, EditorListener, LineOwner } from './line-editor.ts';
import type { TypedLine } from './line-queue.ts';
import { furtherFor, labelOf, promptFor } from './owner-colors.ts';

/** Who takes a line is decided by no more than these characters. */
const beginningLength = 200;

/** What an {@link InputLine} is edited with. */
export interface InputLineOptions {
  readonly style: Style;
  readonly listener: EditorListener;
  /** Called when what is shown has changed without a key. */
  readonly changed: () => void;
}

/** The line that is edited: what keys do to it, and how it looks. */
export class InputLine {
  readonly history: History = new History();
  readonly #style: Style;
  readonly #listener: EditorListener;
  readonly #completer: Completer | undefined;
  readonly #buffer = new EditBuffer();
  #active: ActivePrefix | undefined;
  #search: HistorySearch | undefined;
  /** Enter was pressed, and the end of the text is missing. */
  #goesOn = false;

  constructor({ style, listener, changed }: InputLineOptions) {
    this.#style = style;
    this.#listener = listener;
    const complete = listener.complete?.bind(listener);
    const nothing = (): void => {
      this.#takeSuggestedWord();
      changed();
    };
    this.#completer = complete && new Completer({ complete, style, changed, nothing });
  }

  get text(): string {
    return this.#buffer.text;
  }

  get prefix(): ActivePrefix | undefined {
    return this.#active;
  }

  get isSearching(): boolean {
    return this.#search !== undefined;
  }

  /** Whether Enter takes something into the line. */
  get takesReturn(): boolean {
    return this.isSearching || this.#completer?.hasSelection === true;
  }

  /** Whether keys that mean something to the editor belong to a menu now. */
  get hasMenu(): boolean {
    return this.#search !== undefined || this.#completer?.isOpen === true;
  }

  activate(prefix: ActivePrefix | undefined): void {
    this.#active = prefix;
  }

  /** Puts `text` in place of what is edited. */
  set(text: string, pasted?: Pasted): void {
    this.closeMenus();
    this.#goesOn = false;
    this.#buffer.set(text, text.length, pasted);
  }

  /** Empties the line; ↑ has it back until the next one is finished. */
  drop(): void {
    const { text } = this;
    this.history.drop(this.#isKept(text) ? this.#withToken(text) : '');
    this.set('');
  }

  closeMenus(): void {
    this.#search = undefined;
    this.#completer?.cancel();
  }

  /** Does what a key says. */
  press(key: KeyPress): void {
    if (this.#search !== undefined) return this.#searchWith(this.#search, key);
    if (this.#completer?.press(key, this.#buffer, this.#active?.id)) return;
    if (this.#deactivates(key)) return this.activate(undefined);
    if (key.ctrl && key.name === 'r') {
      this.closeMenus();
      this.#search = new HistorySearch(this.history, this.text);
      return;
    }
    const before = this.text;
    if (!this.#takesSuggestion(key) && !this.#walks(key)) editWith(key, this.#buffer);
    if (this.text !== before || !key.ctrl) this.#completer?.edited(this.#buffer, this.#active?.id);
  }

  /** Whether Enter has not ended it: it lacked its end. */
  get goesOn(): boolean {
    return this.#goesOn && this.text.includes('\n');
  }

  /** Lets the text go on in a new row. */
  goOn(): void {
    this.closeMenus();
    this.#goesOn = true;
    const end = this.text.length;
    this.#buffer.replace(end, end, '\n');
  }

  /** Ends the text, which is these lines, and begins the next one. Nothing when it made a prefix active instead. */
  finish(lines: readonly string[]): TypedLine[] {
    const { text, pasted } = this.#buffer;
    const active = this.#active;
    const activated = active === undefined ? this.#listener.activates?.(text) : undefined;
    this.closeMenus();
    this.#buffer.clear();
    this.#goesOn = false;
    this.history.leave();
    if (activated !== undefined) {
      this.activate(activated);
      return [];
    }
    const kept = lines.filter((line) => this.#isKept(line));
    // As it was written, unless a part of it is nobody's business.
    const remembered = kept.length === lines.length ? text : kept.join('\n');
    if (remembered !== '') this.history.add(this.#withToken(remembered));
    const isPasted = pasted === 'line' || (pasted === 'row' && lines.length > 1);
    const paste = [...lines];
    return lines.map((line) => ({
      text: line,
      origin: isPasted ? 'pasted' : 'typed',
      token: active?.token,
      ...(active === undefined ? {} : { prefix: active.id }),
      ...(isPasted && lines.length > 1 ? { paste } : {}),
    }));
  }

  /** The line with its menus and hints. */
  view(columns: number, height: number): View {
    if (this.#search !== undefined) return this.#search.view(columns, height, this.#style);
    const menu = this.#completer?.rows(columns, height - 1) ?? [];
    const { text, cursor } = this.#buffer;
    const owner = this.#owner(text, this.#active?.id);
    const hint =
      this.#active !== undefined && text === '' ? this.#hint(columns) : this.#label(owner, columns);
    const below = menu.length > 0 ? menu : hint.slice(0, height - 1);
    const prompt = this.#prompt(owner, this.#active?.token, columns);
    const layout = layOut({
      prompt,
      further: furtherFor(this.#style, prompt),
      text,
      cursor,
      columns,
      height: Math.max(1, height - below.length),
    });
    const rows = [...layout.rows];
    if (cursor === text.length) rows[layout.cursor.row] += this.#ghost(columns - layout.cursor.column - 1);
    return { rows: [...rows, ...below], cursor: layout.cursor };
  }

  /** A line as it stays on the screen when it is finished. */
  settledRows({ text, token, prefix }: TypedLine, columns: number, height: number): readonly string[] {
    const prompt = this.#prompt(this.#owner(text, prefix), token, columns);
    return layOut({ prompt, text, cursor: text.length, columns, height }).rows;
  }

  #prompt(owner: LineOwner | undefined, token: string | undefined, columns: number): string {
    return promptFor(this.#style, { owner, token, folder: this.#listener.folder?.() }, columns);
  }

  #searchWith(search: HistorySearch, key: KeyPress): void {
    const step = search.press(key);
    if (step === 'on') return;
    this.#search = undefined;
    if (step !== 'left') this.#recall(step.found);
  }

  /** Whether `key` ends the active prefix. */
  #deactivates(key: KeyPress): boolean {
    if (this.#active === undefined) return false;
    if (key.name === 'escape') return true;
    return this.text === '' && (key.name === 'backspace' || (key.ctrl && /^[dh]$/.test(key.name)));
  }

  #walks(key: KeyPress): boolean {
    const name = key.ctrl ? { p: 'up', n: 'down' }[key.name] : key.meta ? undefined : key.name;
    if (name === 'up') {
      if (!this.#buffer.move('row-up')) this.#recall(this.history.older(this.#withToken(this.text)));
    } else if (name === 'down') {
      if (!this.#buffer.move('row-down')) this.#recall(this.history.newer());
    } else {
      return false;
    }
    return true;
  }

  #recall(line: string | undefined): void {
    if (line === undefined) return;
    const token = this.#withToken('');
    if (line.startsWith(token)) return this.#buffer.set(line.slice(token.length));
    this.#active = undefined;
    this.#buffer.set(line);
  }

  #takesSuggestion(key: KeyPress): boolean {
    const name = `${key.ctrl ? 'ctrl+' : ''}${key.meta ? 'meta+' : ''}${key.name}`;
    const takesAll = /^(?:right|end|ctrl\+[ef])$/.test(name);
    if (!takesAll && !/^(?:ctrl\+right|meta\+(?:right|f))$/.test(name)) return false;
    const rest = this.#suggestion();
    if (rest === undefined) return false;
    if (takesAll) this.#buffer.insert(rest);
    else this.#takeSuggestedWord();
    return true;
  }

  #takeSuggestedWord(): void {
    const rest = this.#suggestion() ?? '';
    if (rest !== '') this.#buffer.insert(/^[^\p{L}\p{N}]*[\p{L}\p{N}]*/u.exec(rest)![0]);
  }

  /** What history would put behind the line. None where it could not be told from what was typed. */
  #suggestion(): string | undefined {
    const { text, cursor } = this.#buffer;
    if (!this.#style.enabled || cursor < text.length || text === '' || this.hasMenu) return undefined;
    const beginning = this.#withToken(text);
    return this.history.suggestion(beginning)?.slice(beginning.length);
  }

  #ghost(columns: number): string {
    const rest = this.#suggestion();
    if (rest === undefined || columns < 1) return '';
    return this.#style.dim(truncate(rest.replace(/\n[^]*/, ' …'), columns));
  }

  #hint(columns: number): string[] {
    return [this.#style.dim(truncate(`lines go to ${this.#active?.token} · Esc leaves`, columns))];
  }

  /** Whose the line is, and what to do where Enter has not ended it. */
  #label(owner: LineOwner | undefined, columns: number): string[] {
    const label = labelOf(owner, this.#style);
    if (!this.goesOn) return label;
    const said = [...label.map(() => ''), 'goes on', 'Alt+Enter runs it', 'Ctrl+C drops it'].join(' · ');
    const row = `${label[0] ?? '  '}${this.#style.dim(said)}`;
    return [truncate(row, columns)];
  }

  /** A line that begins with a space is nobody's business. */
  #isKept(text: string): boolean {
    if (text.startsWith(' ')) return false;
    return this.#active !== undefined || this.#listener.remembers?.(text) !== false;
  }

  #owner(text: string, prefix: string | undefined): LineOwner | undefined {
    if (text === '' && prefix === undefined) return undefined;
    return this.#listener.owner?.(text.slice(0, beginningLength), prefix);
  }

  /** A line as it is without an active prefix, and as history keeps it. */
  #withToken(text: string): string {
    return this.#active === undefined ? text : `${this.#active.token} ${text}`;
  }
}
