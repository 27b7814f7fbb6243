import type { ReadStream, WriteStream } from 'node:tty';
import { createKeyDecoder, Frame, sanitize, type KeyDecoder, type KeyPress } from '@prefish/screen';
import type { TerminalMode } from '../host/terminal-mode.ts';
import { EditBuffer } from './edit-buffer.ts';
import { History } from './history.ts';
import { layOut } from './layout.ts';
import type { ActivePrefix, EditorListener, Line, LineEditor } from './line-editor.ts';

const bracketedPasteOn = '\x1b[?2004h';
const bracketedPasteOff = '\x1b[?2004l';
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
  readonly listener: EditorListener;
}

/**
 * The line editor: one frame at the end of the screen. Reads keys for as long as it is open, so that
 * what is typed while a line runs belongs to the next one.
 */
export class FrameEditor implements LineEditor {
  readonly #stdin: ReadStream;
  readonly #stdout: WriteStream;
  readonly #mode: TerminalMode;
  readonly #prompt: (token?: string) => string;
  readonly #listener: EditorListener;
  readonly #frame: Frame;
  readonly #history = new History();
  readonly #ahead: (TypedLine | 'eof')[] = [];
  #buffer = new EditBuffer();
  #active: ActivePrefix | undefined;
  #waiting: ((line: Line | 'eof') => void) | undefined;
  #decoder: KeyDecoder | undefined;
  #attached = false;
  #changed = false;
  #closed = false;

  constructor({ stdin, stdout, mode, prompt, listener }: FrameEditorOptions) {
    this.#stdin = stdin;
    this.#stdout = stdout;
    this.#mode = mode;
    this.#prompt = prompt;
    this.#listener = listener;
    this.#frame = new Frame({ write: (data) => void stdout.write(data), size: () => sizeOf(stdout) });
    mode.enterRaw();
    process.on('exit', this.#restore);
    stdin.on('end', this.#hangUp);
    stdin.on('error', this.#hangUp);
    this.resume();
  }

  get editing(): boolean {
    return this.#waiting !== undefined && this.#attached;
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
    if (!this.#attached) return;
    this.#frame.clear();
    this.#attached = false;
    this.#stdin.off('data', this.#read);
    this.#stdin.pause();
    this.#stdout.off('resize', this.#render);
    this.#decoder?.close();
    this.#decoder = undefined;
    this.#stdout.write(bracketedPasteOff);
  }

  readonly resume = (): void => {
    if (this.#attached || this.#closed) return;
    this.#attached = true;
    this.#stdout.write(bracketedPasteOn);
    this.#stdin.on('data', this.#read);
    this.#stdin.resume();
    this.#stdout.on('resize', this.#render);
    this.#render();
  };

  close(): void {
    if (this.#closed) return;
    this.pause();
    this.#closed = true;
    process.off('exit', this.#restore);
    this.#stdin.off('end', this.#hangUp);
    this.#stdin.off('error', this.#hangUp);
    this.#mode.leaveRaw();
    this.#settle('eof');
  }

  readonly #read = (data: Buffer): void => {
    // Made for the first key: the decoder is not needed to paint the prompt.
    this.#decoder ??= createKeyDecoder((key) => this.#press(key));
    this.#decoder.feed(data);
  };

  readonly #hangUp = (): void => this.close();

  /** For an exit that nobody awaited: a crash, a signal. */
  readonly #restore = (): void => {
    if (this.#attached) this.#stdout.write(`${bracketedPasteOff}\x1b[?25h`);
  };

  readonly #render = (): void => {
    if (this.editing) this.#show(this.#buffer.text, this.#buffer.cursor);
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

  #show(text: string, cursor: number, token: string | undefined = this.#active?.token): void {
    const { columns, rows } = sizeOf(this.#stdout);
    const layout = layOut({
      prompt: this.#prompt(token),
      text,
      cursor,
      columns,
      height: Math.max(1, rows - 1),
    });
    this.#frame.render(layout.rows, layout.cursor);
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
    if (this.#deactivates(key)) return this.#renderSoon();
    if (key.ctrl && key.name === 'd' && this.#buffer.text === '') return this.#settle('eof');
    if ((key.name === 'return' && !key.meta) || key.name === 'enter') return this.#submit();
    if (key.ctrl && key.name === 'l') {
      this.#stdout.write(clearScreen);
      this.#frame.forget();
    }
    this.#edit(key);
    this.#renderSoon();
  }

  #interrupt(): void {
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
    const buffer = this.#buffer;
    if (key.name === 'paste') return buffer.insert(pastedText(key.text), true);
    if (key.name === 'return') return buffer.insert('\n');
    if (key.text !== '') return buffer.insert(key.text);
    const action = actions[`${key.ctrl ? 'ctrl+' : ''}${key.meta ? 'meta+' : ''}${key.name}`];
    if (action !== undefined) return action(buffer);
    if (key.name === 'up' || (key.ctrl && key.name === 'p')) {
      this.#recall(this.#history.older(this.#withToken(buffer.text)));
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

/** Keys as readline and Emacs have them. */
const actions: Readonly<Record<string, (buffer: EditBuffer) => void>> = {
  left: (buffer) => buffer.move('left'),
  'ctrl+b': (buffer) => buffer.move('left'),
  right: (buffer) => buffer.move('right'),
  'ctrl+f': (buffer) => buffer.move('right'),
  home: (buffer) => buffer.move('start'),
  'ctrl+a': (buffer) => buffer.move('start'),
  end: (buffer) => buffer.move('end'),
  'ctrl+e': (buffer) => buffer.move('end'),
  'meta+b': (buffer) => buffer.move('word-left'),
  'ctrl+left': (buffer) => buffer.move('word-left'),
  'meta+f': (buffer) => buffer.move('word-right'),
  'ctrl+right': (buffer) => buffer.move('word-right'),
  backspace: (buffer) => buffer.delete('left'),
  'ctrl+h': (buffer) => buffer.delete('left'),
  delete: (buffer) => buffer.delete('right'),
  'ctrl+d': (buffer) => buffer.delete('right'),
  'ctrl+u': (buffer) => buffer.kill('start'),
  'ctrl+k': (buffer) => buffer.kill('end'),
  'ctrl+w': (buffer) => buffer.kill('word-left'),
  'meta+backspace': (buffer) => buffer.kill('word-left'),
  'meta+d': (buffer) => buffer.kill('word-right'),
  'ctrl+y': (buffer) => buffer.yank(),
};

/** Pasted text as it may be edited: line breaks as `\n`, none at the end, no control characters, no colours. */
function pastedText(text: string): string {
  return sanitize(text.replaceAll(/\r\n?/g, '\n'))
    .replaceAll(/\x1b\[[0-9;:]*m/g, '')
    .replace(/\n$/, '');
}

function sizeOf({ columns, rows }: WriteStream): { columns: number; rows: number } {
  return { columns: columns || 80, rows: rows || 24 };
}
