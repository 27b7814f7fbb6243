import type { KeyPress, Style } from '@prefish/screen';
import { CompletionMenu } from './completion-menu.ts';
import type { EditBuffer } from './edit-buffer.ts';
import type { EditorListener, Offers } from './line-editor.ts';

/** What a {@link Completer} completes with. */
export interface CompleterOptions {
  readonly complete: NonNullable<EditorListener['complete']>;
  readonly style: Style;
  /** Called when offers have arrived. */
  readonly changed: () => void;
}

/** What Tab does: asks for offers, which the next key takes back, and lets one be chosen from several. */
export class Completer {
  readonly #complete: CompleterOptions['complete'];
  readonly #style: Style;
  readonly #changed: () => void;
  #request: AbortController | undefined;
  #menu: CompletionMenu | undefined;
  /** The line before an offer was selected in the menu. */
  #typed: Pick<EditBuffer, 'text' | 'cursor' | 'pasted'> | undefined;

  constructor({ complete, style, changed }: CompleterOptions) {
    this.#complete = complete;
    this.#style = style;
    this.#changed = changed;
  }

  /** Whether `key` was for the completion alone. Every key takes back a request that has not been answered. */
  press(key: KeyPress, buffer: EditBuffer, prefix: string | undefined): boolean {
    this.#request?.abort();
    this.#request = undefined;
    const plain = !key.ctrl && !key.meta;
    if (this.#menu === undefined) {
      if (key.name !== 'tab' || !plain || key.shift) return false;
      void this.#ask(buffer, prefix);
      return true;
    }
    if (plain && (key.name === 'tab' || key.name === 'down' || key.name === 'up')) {
      this.#select(this.#menu, key.name === 'up' || key.shift ? -1 : 1, buffer);
      return true;
    }
    if (key.name === 'escape') {
      this.#restore(buffer);
      this.cancel();
      return true;
    }
    if (this.#menu.selected === undefined) return false;
    this.cancel();
    if (key.name !== 'return' && key.name !== 'enter') return false;
    endWord(buffer);
    return true;
  }

  /** After a key that changed the line: narrows the menu, or closes it. */
  edited({ text, cursor }: EditBuffer): void {
    if (this.#menu === undefined) return;
    const { from } = this.#menu;
    if (cursor < from || !this.#menu.narrow(text.slice(from, cursor))) this.cancel();
  }

  /** Asks nobody any more, and closes the menu. */
  cancel(): void {
    this.#request?.abort();
    this.#request = undefined;
    this.#menu = undefined;
    this.#typed = undefined;
  }

  /** The menu below the edited line, while it is open. */
  rows(columns: number, height: number): string[] {
    return this.#menu?.rows(columns, height, this.#style) ?? [];
  }

  async #ask(buffer: EditBuffer, prefix: string | undefined): Promise<void> {
    const request = new AbortController();
    this.#request = request;
    const { signal } = request;
    let offers: Offers;
    try {
      const active = prefix === undefined ? {} : { prefix };
      offers = await this.#complete(buffer.text, buffer.cursor, { signal, ...active });
    } catch {
      // Whoever fails offers nothing; that it failed is the shell's to say.
      return;
    }
    if (signal.aborted) return;
    this.#request = undefined;
    const typed = buffer.text.slice(offers.from, buffer.cursor);
    this.#offer(new CompletionMenu(offers, typed), buffer, typed);
    this.#changed();
  }

  #offer(menu: CompletionMenu, buffer: EditBuffer, typed: string): void {
    if (menu.size === 0) return;
    const { only, commonBeginning, from } = menu;
    if (only !== undefined) {
      replaceWord(buffer, from, only);
      endWord(buffer);
      return;
    }
    if (commonBeginning.startsWith(typed)) replaceWord(buffer, from, commonBeginning);
    this.#menu = menu;
  }

  #select(menu: CompletionMenu, by: 1 | -1, buffer: EditBuffer): void {
    if (this.#typed === undefined) {
      const { text, cursor, pasted } = buffer;
      this.#typed = { text, cursor, pasted };
    }
    menu.move(by);
    this.#restore(buffer);
    replaceWord(buffer, menu.from, menu.selected!);
  }

  #restore(buffer: EditBuffer): void {
    if (this.#typed === undefined) return;
    const { text, cursor, pasted } = this.#typed;
    buffer.set(text, cursor, pasted);
  }
}

/** Puts `text` in place of the word that begins at `from`; of what stands behind the cursor, only what `text` ends with. */
function replaceWord(buffer: EditBuffer, from: number, text: string): void {
  const { cursor } = buffer;
  const behind = /^\S*/.exec(buffer.text.slice(cursor))![0];
  const added = text.slice(cursor - from);
  buffer.replace(from, added.endsWith(behind) ? cursor + behind.length : cursor, text);
}

/** A space behind a whole word at the end of the line. A folder, a `--name=` and a token go on as they are. */
function endWord(buffer: EditBuffer): void {
  if (buffer.cursor === buffer.text.length && /[\p{L}\p{N}]$/u.test(buffer.text)) buffer.insert(' ');
}
