import type { Interface } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import type { EditorListener, Line, LineEditor } from './line-editor.ts';

/** Lines as the terminal itself edits them, for one that can move no cursor (`TERM=dumb`). */
export class PlainEditor implements LineEditor {
  readonly #stdin: ReadStream;
  readonly #stdout: WriteStream;
  readonly #prompt: string;
  readonly #listener: EditorListener;
  readonly #ahead: (Line | 'eof')[] = [];
  readonly #lines: Interface;
  #waiting: ((line: Line | 'eof') => void) | undefined;

  constructor(options: {
    readonly stdin: ReadStream;
    readonly stdout: WriteStream;
    readonly prompt: string;
    readonly listener: EditorListener;
  }) {
    this.#stdin = options.stdin;
    this.#stdout = options.stdout;
    this.#prompt = options.prompt;
    this.#listener = options.listener;
    const { createInterface } = process.getBuiltinModule('node:readline');
    this.#lines = createInterface({ input: this.#stdin, terminal: false });
    this.#lines.on('line', (text) => this.#settle({ text, origin: 'typed' }));
    this.#lines.on('close', () => this.#settle('eof'));
    process.on('SIGINT', this.#interrupt);
  }

  get editing(): boolean {
    return this.#waiting !== undefined;
  }

  readLine(): Promise<Line | 'eof'> {
    this.#stdout.write(this.#prompt);
    const typed = this.#ahead.shift();
    if (typed !== undefined) return Promise.resolve(typed);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  printAbove(text: string): void {
    this.#stdout.write(`\n${text.replace(/\n$/, '')}\n${this.#prompt}`);
  }

  pause(): void {
    this.#lines.pause();
  }

  resume(): void {
    this.#lines.resume();
  }

  close(): void {
    process.off('SIGINT', this.#interrupt);
    this.#lines.close();
    this.#stdin.pause();
  }

  readonly #interrupt = (): void => {
    if (this.editing) {
      this.#stdout.write(`\n${this.#prompt}`);
      return;
    }
    this.#ahead.length = 0;
    this.#listener.interrupt();
  };

  #settle(line: Line | 'eof'): void {
    const resolve = this.#waiting;
    this.#waiting = undefined;
    if (resolve === undefined) this.#ahead.push(line);
    else resolve(line);
  }
}
