import type { Interface } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import { sanitizeLabel } from '@prefish/screen';
import type { Output } from '../host/output.ts';
import type { EditorListener, Line, LineEditor } from './line-editor.ts';

/** Lines as the terminal itself edits them, for one that can move no cursor (`TERM=dumb`) and for screen readers. */
export class PlainEditor implements LineEditor {
  readonly #stdin: ReadStream;
  readonly #stdout: WriteStream;
  readonly #output: Output;
  readonly #prompt: string;
  readonly #listener: EditorListener;
  readonly #ahead: (Line | 'eof')[] = [];
  /** Absent while somebody else reads. */
  #lines: Interface | undefined;
  #closed = false;
  #waiting: ((line: Line | 'eof') => void) | undefined;
  /** The rows of a line that lacks its end. */
  #begun: string | undefined;
  /** The folder that was said last. */
  #folder: string | undefined;
  /** How often Ctrl+C was pressed: rows that were typed before it are dropped. */
  #interruptions = 0;
  /** The rows that were typed are looked at one after the other. */
  #reading: Promise<void> = Promise.resolve();

  constructor(options: {
    readonly stdin: ReadStream;
    readonly stdout: WriteStream;
    readonly output: Output;
    readonly prompt: string;
    readonly listener: EditorListener;
  }) {
    this.#stdin = options.stdin;
    this.#stdout = options.stdout;
    this.#output = options.output;
    this.#prompt = options.prompt;
    this.#listener = options.listener;
    this.resume();
    process.on('SIGINT', this.#interrupt);
  }

  readLine(): Promise<Line | 'eof'> {
    this.#sayFolder();
    this.#stdout.write(this.#prompt);
    const typed = this.#ahead.shift();
    if (typed !== undefined) return Promise.resolve(typed);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  write(text: string, stream: 'stdout' | 'stderr' = 'stdout'): void {
    if (this.#waiting === undefined) this.#output.write(text, stream);
    else this.#stdout.write(`\n${text.replace(/\n$/, '')}\n${this.#prompt}`);
  }

  freshLine(): void {
    if (this.#waiting === undefined) this.#output.freshLine();
  }

  pause(): void {
    this.#lines?.off('close', this.#end).close();
    this.#lines = undefined;
  }

  resume(): void {
    if (this.#lines !== undefined || this.#closed) return;
    const { createInterface } = process.getBuiltinModule('node:readline');
    this.#lines = createInterface({ input: this.#stdin, terminal: false });
    this.#lines.on('line', (row) => {
      const interruptions = this.#interruptions;
      this.#after(() => this.#read(row, () => interruptions === this.#interruptions));
    });
    this.#lines.on('close', this.#end);
  }

  hold(): void {
    this.#ahead.length = 0;
  }

  close(): void {
    process.off('SIGINT', this.#interrupt);
    this.#closed = true;
    this.#lines?.close();
    this.#stdin.pause();
  }

  readonly #end = (): void =>
    this.#after(() => {
      if (this.#waiting !== undefined && !this.#closed) this.#stdout.write('\n');
      // The terminal itself ends its input with Ctrl+D: nobody can write the rest.
      if (this.#begun !== undefined) this.#stdout.write('not run: the end of the line is missing\n');
      this.#settle('eof');
    });

  /** Once, when it has changed. */
  #sayFolder(): void {
    const folder = this.#listener.folder?.();
    if (folder === this.#folder) return;
    this.#folder = folder;
    const said = folder === undefined ? 'back where prefish was started' : `in ${sanitizeLabel(folder)}`;
    this.#stdout.write(`${said}\n`);
  }

  #after(step: () => void | Promise<void>): void {
    this.#reading = this.#reading.then(step);
  }

  async #read(row: string, isWanted: () => boolean): Promise<void> {
    if (!isWanted()) return;
    const text = this.#begun === undefined ? row : `${this.#begun}\n${row}`;
    const lines = await (this.#listener.linesIn?.(text) ?? [text]);
    if (!isWanted()) return;
    this.#begun = lines.length === 0 ? text : undefined;
    if (lines.length === 0) this.#stdout.write('... ');
    for (const line of lines) this.#settle({ text: line, origin: 'typed' });
  }

  readonly #interrupt = (): void => {
    this.#begun = undefined;
    this.#interruptions++;
    if (this.#waiting !== undefined) {
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
