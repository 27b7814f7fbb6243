import type { KeyPress, Style } from '@prefish/screen';
import { CompletionMenu } from './completion-menu.ts';
import type { Draft, EditBuffer } from './edit-buffer.ts';
import type { EditorListener, Offers } from './line-editor.ts';

/** What a {@link Completer} completes with. */
export interface CompleterOptions {
  readonly complete: NonNullable<EditorListener['complete']>;
  readonly style: Style;
  /** Called when offers have arrived. */
  readonly changed: () => void;
  /** Called in place of {@link changed} when Tab was pressed, and nobody offers anything. */
  readonly nothing: () => void;
}

/** Lines that are completed without Tab: `?` alone, a command, and a word that names a file. */
const asksByItself = /^(?:\?|\/\S*)$|(?:^|\s)@\S*$/;
const wordReach = 500;

/** What Tab does: asks for offers, which the next key takes back, and lets one be chosen from several. Some lines ask by themselves. */
export class Completer {
  readonly #complete: CompleterOptions['complete'];
  readonly #style: Style;
  readonly #changed: () => void;
  readonly #nothing: () => void;
  #request: AbortController | undefined;
  #menu: CompletionMenu | undefined;
  /** Whether the menu came without Tab. */
  #unasked = false;
  /** The line before an offer was selected in the menu. */
  #typed: Draft | undefined;

  constructor({ complete, style, changed, nothing }: CompleterOptions) {
    this.#complete = complete;
    this.#style = style;
    this.#changed = changed;
    this.#nothing = nothing;
  }

  get isOpen(): boolean {
    return this.#menu !== undefined;
  }

  /** Whether an offer is selected, which Enter takes. */
  get hasSelection(): boolean {
    return this.#menu?.selected !== undefined;
  }

  /** Whether `key` was for the completion alone. Every key takes back a request that has not been answered. */
  press(key: KeyPress, buffer: EditBuffer, prefix: string | undefined): boolean {
    // What is shown while offers are on their way is for a shorter word.
    const isStale = this.#request !== undefined;
    this.#request?.abort();
    this.#request = undefined;
    const plain = !key.ctrl && !key.meta;
    if (key.name === 'tab' && plain && !key.shift && (this.#menu === undefined || isStale)) {
      void this.#ask(buffer, prefix);
      return true;
    }
    if (this.#menu === undefined) return false;
    if (key.name === 'tab' && plain && !key.shift && this.#unasked) {
      this.#unasked = false;
      if (this.#insertCommon(this.#menu, buffer)) return true;
    }
    if (plain && (key.name === 'tab' || key.name === 'down' || key.name === 'up')) {
      this.#select(this.#menu, key.name === 'up' || key.shift ? -1 : 1, buffer);
      return true;
    }
    if (key.name === 'escape') {
      this.#restore(buffer);
      this.cancel();
      // It was the question whose answer is the menu.
      if (buffer.text === '?') buffer.clear();
      return true;
    }
    if (this.#menu.selected === undefined) return false;
    this.cancel();
    if (key.name !== 'return' && key.name !== 'enter') return false;
    endWord(buffer);
    return true;
  }

  /** After a key that changed the line: narrows the menu, closes it, or asks anew. */
  edited(buffer: EditBuffer, prefix: string | undefined): void {
    const { text, cursor } = buffer;
    const near = text.slice(Math.max(0, cursor - wordReach), cursor);
    if (cursor === text.length && asksByItself.test(near) && (prefix === undefined || near.includes('@'))) {
      void this.#ask(buffer, prefix, true);
      return;
    }
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
    this.#unasked = false;
  }

  /** The menu below the edited line, while it is open. */
  rows(columns: number, height: number): string[] {
    return this.#menu?.rows(columns, height, this.#style) ?? [];
  }

  async #ask(buffer: EditBuffer, prefix: string | undefined, unasked = false): Promise<void> {
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
    const menu = new CompletionMenu(offers, typed);
    if (!unasked && menu.size === 0) return this.#nothing();
    if (unasked) this.#showUnasked(menu, typed);
    else this.#offer(menu, buffer, typed);
    this.#changed();
  }

  #offer(menu: CompletionMenu, buffer: EditBuffer, typed: string): void {
    this.#menu = undefined;
    this.#unasked = false;
    const { only, commonBeginning, from } = menu;
    if (only !== undefined) {
      replaceWord(buffer, from, only);
      endWord(buffer);
      return;
    }
    if (commonBeginning.startsWith(typed)) replaceWord(buffer, from, commonBeginning);
    this.#menu = menu;
  }

  #showUnasked(menu: CompletionMenu, typed: string): void {
    const saysMore = menu.size > 1 || (menu.size === 1 && menu.only !== typed);
    this.#menu = saysMore ? menu : undefined;
    this.#unasked = saysMore;
  }

  /** What Tab does with a menu that is there already: inserts what all offers have in common, if that is more than is typed. */
  #insertCommon(menu: CompletionMenu, buffer: EditBuffer): boolean {
    const typed = buffer.text.slice(menu.from, buffer.cursor);
    const { only, commonBeginning } = menu;
    if (only !== undefined) {
      replaceWord(buffer, menu.from, only);
      endWord(buffer);
      this.cancel();
      return true;
    }
    if (!commonBeginning.startsWith(typed) || commonBeginning === typed) return false;
    replaceWord(buffer, menu.from, commonBeginning);
    return true;
  }

  #select(menu: CompletionMenu, by: 1 | -1, buffer: EditBuffer): void {
    this.#typed ??= buffer.draft;
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
