import type { ReadStream, WriteStream } from 'node:tty';
import { Frame, type KeyPress, type Style } from '@prefish/screen';
import type { TerminalMode } from '../host/terminal-mode.ts';
import { Completer } from './completer.ts';
import { EditBuffer } from './edit-buffer.ts';
import { editWith } from './edit-keys.ts';
import { History } from './history.ts';
import { Keyboard } from './keyboard.ts';
import { layOut } from './layout.ts';
import type { ActivePrefix, EditorListener, Line, LineEditor } from './line-editor.ts';

const clearScreen = '\x1b[H\x1b[2J';

/** A line with the token that its prompt shows. */
type TypedLine = Line & { readonly token: string | undefined };

/** What a {@link FrameEditor} edits with. */
export interface FrameEditorOptions {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  readonly mode: TerminalMode;
  /** The prompt; with the token of a prefix, the prompt while it is active. */
  readonly prompt: (token?: string) => string;
  readonly style: Style;
  readonly listener: EditorListener;
}

/**
 * The line editor: one frame at the end of the screen. Reads keys for as long as it is open, so that
 * what is typed while a line runs belongs to the next one.
 */
export class FrameEditor implements LineEditor {
  readonly #stdout: WriteStream;
  readonly #prompt: (token?: string) => string;
  readonly #dim: Style['dim'];
  readonly #listener: EditorListener;
  readonly #keyboard: Keyboard;
  readonly #frame: Frame;
  readonly #completer: Completer | undefined;
  readonly #history = new History();
  readonly #ahead: (TypedLine | 'eof')[] = [];
  #buffer = new EditBuffer();
  #active: ActivePrefix | undefined;
  #waiting: ((line: Line | 'eof') => void) | undefined;
  #changed = false;
  #closed = false;

  constructor({ stdin, stdout, mode, prompt, style, listener }: FrameEditorOptions) {
    this.#stdout = stdout;
    this.#prompt = prompt;
    this.#dim = style.dim;
    this.#listener = listener;
    this.#frame = new Frame({ write: (data) => void stdout.write(data), size: () => sizeOf(stdout) });
    const complete = listener.complete?.bind(listener);
    this.#completer = complete && new Completer({ complete, style, changed: () => this.#renderSoon() });
    const press = (key: KeyPress): void => this.#press(key);
    const suspend = (): void => {
      this.pause();
      mode.suspend();
      this.resume();
    };
    this.#keyboard = new Keyboard({ stdin, stdout, mode, press, suspend, hangUp: () => this.close() });
    this.resume();
  }

  get editing(): boolean {
    return this.#waiting !== undefined && this.#keyboard.attached;
  }

  readLine(): Promise<Line | 'eof'> {
    if (this.#closed) return Promise.resolve('eof');
    const typed = this.#ahead.shift();
    if (typed !== undefined) {
      if (typed !== 'eof') this.#show(typed.text, typed.text.length, typed.token);
      this.#frame.finish();
      return Promise.resolve(typed);
    }
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#render();
    });
  }

  activate(prefix: ActivePrefix): void {
    this.#active = prefix;
    this.#render();
  }

  printAbove(text: string): void {
    this.#frame.above(text);
  }

  pause(): void {
    if (!this.#keyboard.attached) return;
    this.#completer?.cancel();
    this.#frame.clear();
    this.#stdout.off('resize', this.#render);
    this.#keyboard.detach();
  }

  resume(): void {
    if (this.#keyboard.attached || this.#closed) return;
    this.#keyboard.attach();
    this.#stdout.on('resize', this.#render);
    this.#render();
  }

  close(): void {
    if (this.#closed) return;
    this.pause();
    this.#closed = true;
    this.#keyboard.close();
    this.#settle('eof');
  }

  readonly #render = (): void => {
    if (!this.editing) return;
    const { columns, rows } = sizeOf(this.#stdout);
    const { text, cursor } = this.#buffer;
    const menu = this.#completer?.rows(columns, rows - 2) ?? [];
    const token = this.#active?.token;
    const hint = token === undefined || text !== '' ? [] : [this.#dim(`lines go to ${token} · Esc leaves`)];
    this.#show(text, cursor, token, menu.length > 0 ? menu : hint);
  };

  /** Keys that arrive together are drawn together. */
  #renderSoon(): void {
    if (this.#changed) return;
    this.#changed = true;
    queueMicrotask(() => {
      this.#changed = false;
      this.#render();
    });
  }

  /** Draws a line, and what stands `below` it. */
  #show(text: string, cursor: number, token = this.#active?.token, below: readonly string[] = []): void {
    const { columns, rows } = sizeOf(this.#stdout);
    const layout = layOut({
      prompt: this.#prompt(token),
      text,
      cursor,
      columns,
      height: Math.max(1, rows - 1 - below.length),
    });
    this.#frame.render([...layout.rows, ...below], layout.cursor);
  }

  #settle(line: TypedLine | 'eof'): void {
    const resolve = this.#waiting;
    if (resolve === undefined) {
      this.#ahead.push(line);
      return;
    }
    this.#frame.finish();
    this.#waiting = undefined;
    resolve(line);
  }

  #submit(): void {
    const { text, pasted } = this.#buffer;
    const active = this.#active;
    this.#completer?.cancel();
    const activated = active === undefined ? this.#listener.activates?.(text) : undefined;
    if (activated === undefined && this.editing) this.#show(text, text.length);
    this.#buffer = new EditBuffer();
    this.#history.add(activated !== undefined || text === '' ? '' : this.#withToken(text));
    if (activated !== undefined) return this.activate(activated);
    this.#settle({
      text,
      origin: pasted ? 'pasted' : 'typed',
      token: active?.token,
      ...(active === undefined ? {} : { prefix: active.id }),
    });
  }

  /** Ends the active prefix, where there is one and the key says so. */
  #deactivates(key: KeyPress): boolean {
    if (this.#active === undefined) return false;
    const empty = this.#buffer.text === '';
    const leaves =
      key.name === 'escape' || (empty && (key.name === 'backspace' || (key.ctrl && /^[dh]$/.test(key.name))));
    if (leaves) this.#active = undefined;
    return leaves;
  }

  /** A line as it is without an active prefix, and as history keeps it. */
  #withToken(text: string): string {
    return this.#active === undefined ? text : `${this.#active.token} ${text}`;
  }

  #press(key: KeyPress): void {
    if (key.ctrl && key.name === 'c') return this.#interrupt();
    if (key.name === 'escape' && !this.editing) return this.#listener.interrupt();
    if (this.editing && this.#completer?.press(key, this.#buffer, this.#active?.id))
      return this.#renderSoon();
    if (this.#deactivates(key)) return this.#renderSoon();
    if (key.ctrl && key.name === 'd' && this.#buffer.text === '') return this.#leave();
    if ((key.name === 'return' && !key.meta) || key.name === 'enter') return this.#submit();
    if (key.ctrl && key.name === 'l') {
      this.#stdout.write(clearScreen);
      this.#frame.forget();
    }
    this.#edit(key);
    this.#completer?.edited(this.#buffer);
    this.#renderSoon();
  }

  #leave(): void {
    this.#completer?.cancel();
    this.#render();
    this.#settle('eof');
  }

  #interrupt(): void {
    this.#completer?.cancel();
    if (this.editing) {
      if (this.#buffer.text === '') this.printAbove('Ctrl+D leaves prefish.');
      this.#buffer.set('');
      this.#render();
      return;
    }
    this.#ahead.length = 0;
    this.#buffer.set('');
    this.#listener.interrupt();
  }

  #edit(key: KeyPress): void {
    if (editWith(key, this.#buffer)) return;
    if (key.name === 'up' || (key.ctrl && key.name === 'p')) {
      this.#recall(this.#history.older(this.#withToken(this.#buffer.text)));
    } else if (key.name === 'down' || (key.ctrl && key.name === 'n')) {
      this.#recall(this.#history.newer());
    }
  }

  #recall(line: string | undefined): void {
    if (line === undefined) return;
    const token = this.#withToken('');
    if (line.startsWith(token)) return this.#buffer.set(line.slice(token.length));
    this.#active = undefined;
    this.#buffer.set(line);
  }
}

function sizeOf({ columns, rows }: WriteStream): { columns: number; rows: number } {
  return { columns: columns || 80, rows: rows || 24 };
}
