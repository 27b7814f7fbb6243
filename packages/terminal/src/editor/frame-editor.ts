import type { ReadStream, WriteStream } from 'node:tty';
import type { Event, LentTerminal } from '@prefish/core';
import type { KeyPress, Style } from '@prefish/screen';
import type { Output } from '../host/output.ts';
import type { TerminalMode } from '../host/terminal-mode.ts';
import { EditorScreen, type View } from './editor-screen.ts';
import type { HistoryStore } from './history.ts';
import { InputLine } from './input-line.ts';
import { Keyboard } from './keyboard.ts';
import { KeysBehindEnter } from './keys-behind-enter.ts';
import type { ActivePrefix, EditorListener, Line, LineEditor } from './line-editor.ts';
import { LineQueue, type TypedLine } from './line-queue.ts';
import { RunningLine } from './running-line.ts';
import { StatusRows } from './status-rows.ts';
import { QuestionAbove } from './waiting-question.ts';

/** What a {@link FrameEditor} edits with. */
export interface FrameEditorOptions {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  readonly mode: TerminalMode;
  readonly output: Output;
  readonly style: Style;
  readonly listener: EditorListener;
  /** The window got the focus, or lost it. */
  readonly focus?: (focused: boolean) => void;
  /** Hands the terminal to a program, the editor paused. */
  readonly lend: <T>(use: (terminal: LentTerminal) => Promise<T>) => Promise<T>;
  /** Whether the terminal wraps the row with the cursor when it becomes narrower. Default true. */
  readonly wrapsCursorRow?: boolean;
}

/**
 * The line editor: one frame at the end of the screen. It is there while a line is edited, and while
 * one runs: then with what that does, and the lines that wait for it.
 */
export class FrameEditor implements LineEditor {
  readonly #stdout: WriteStream;
  readonly #style: Style;
  readonly #listener: EditorListener;
  readonly #lend: FrameEditorOptions['lend'];
  readonly #keyboard: Keyboard;
  readonly #keys: KeysBehindEnter;
  readonly #screen: EditorScreen;
  readonly #input: InputLine;
  readonly #queue = new LineQueue();
  readonly #statuses = new StatusRows();
  readonly #question = new QuestionAbove({
    isTyping: () => this.#input.text !== '' && this.#keyboard.attached,
    show: () => this.#screen.show(),
  });
  #running: RunningLine | undefined;
  #waiting: ((line: Line | 'eof') => void) | undefined;
  /** Ctrl+X was pressed: the next key says what for. */
  #chord = false;
  #closed = false;

  constructor(options: FrameEditorOptions) {
    const { stdin, stdout, mode, output, style, listener, focus, lend, wrapsCursorRow = true } = options;
    this.#stdout = stdout;
    this.#style = style;
    this.#listener = listener;
    this.#lend = lend;
    const view = (columns: number, height: number): View => this.#view(columns, height);
    this.#screen = new EditorScreen({ stdout, output, view, wrapsCursorRow });
    this.#input = new InputLine({ style, listener, changed: () => this.#screen.drawSoon() });
    const press = (key: KeyPress): void => {
      if (key.name.startsWith('focus-')) focus?.(key.name === 'focus-in');
      else this.#press(key);
    };
    const suspend = (): void => {
      this.pause();
      mode.suspend();
      this.resume();
    };
    this.#keyboard = new Keyboard({ stdin, stdout, mode, press, suspend, hangUp: () => this.close() });
    this.#keys = new KeysBehindEnter(this.#keyboard);
    this.resume();
  }

  readLine(): Promise<Line | 'eof'> {
    this.#ended();
    if (this.#closed) return Promise.resolve('eof');
    this.#keys.release();
    const queued = this.#queue.next();
    if (queued !== undefined) return Promise.resolve(this.#begin(queued));
    return new Promise((resolve) => {
      this.#waiting = resolve;
      if (this.#keyboard.attached) this.#screen.show();
    });
  }

  activate(prefix: ActivePrefix): void {
    this.#input.activate(prefix);
    this.#screen.draw();
  }

  write(text: string, stream?: 'stdout' | 'stderr'): void {
    this.#screen.write(text, stream);
  }

  freshLine(): void {
    this.#screen.freshLine();
  }

  observe(event: Event): void {
    this.#running?.observe(event);
  }

  queued(columns: number): readonly string[] {
    return this.#queue.rows(columns, this.#style);
  }

  status(key: string, text: string | undefined): void {
    this.#statuses.set(key, text);
    this.#screen.drawSoon();
  }

  useHistory(store: HistoryStore): void {
    this.#input.history.use(store);
    // What it suggests for a line that was begun before.
    this.#screen.drawSoon();
  }

  withdraw(paste: readonly string[]): void {
    this.#queue.withdraw(paste);
  }

  hold(): void {
    this.#queue.hold();
  }

  unread(data: Buffer): void {
    this.#keyboard.unread(data);
  }

  untilFree(question: string): Promise<boolean> {
    this.#keys.release();
    return this.#question.untilFree(question);
  }

  pause(): void {
    if (!this.#keyboard.attached) return;
    this.#input.closeMenus();
    this.#running?.disappear();
    this.#screen.hide();
    this.#screen.freshLine();
    this.#stdout.off('resize', this.#draw);
    this.#keys.started();
    this.#keyboard.detach();
  }

  resume(): void {
    if (this.#keyboard.attached || this.#closed) return;
    if (this.#keys.isDeciding || this.#running !== undefined) this.#keepKeys();
    this.#keyboard.attach();
    this.#stdout.on('resize', this.#draw);
    if (this.#waiting !== undefined) this.#screen.show();
    else this.#showRunning();
  }

  close(): void {
    if (this.#closed) return;
    this.pause();
    this.#closed = true;
    this.#question.refuse();
    this.#keys.close();
    this.#keyboard.close();
    this.#settle('eof');
    this.#ended();
  }

  readonly #draw = (): void => this.#screen.draw();

  #view(columns: number, height: number): View {
    const above = [
      ...(this.#running === undefined ? [] : [this.#running.row(columns)]),
      ...this.#statuses.rows(columns, this.#style),
      ...this.queued(columns),
      ...this.#question.rows(columns, this.#style),
    ].slice(0, Math.max(0, height - 2));
    const hint = this.#queue.hint(columns, this.#style, this.#input.text === '');
    const { rows, cursor } = this.#input.view(columns, height - above.length - hint.length);
    return {
      rows: [...above, ...rows, ...hint],
      cursor: { row: cursor.row + above.length, column: cursor.column },
    };
  }

  /** A line is finished: it runs, or waits for the one that runs. */
  #settle(line: TypedLine | 'eof'): void {
    const resolve = this.#waiting;
    this.#waiting = undefined;
    if (resolve === undefined) this.#queue.add(line);
    else resolve(this.#begin(line));
  }

  /** Leaves a line on the screen, and shows what it does when it takes long. */
  #begin(line: TypedLine | 'eof'): TypedLine | 'eof' {
    this.#queue.release();
    const { columns, rows } = this.#screen.size;
    const settled =
      line === 'eof'
        ? this.#input.view(columns, rows).rows
        : this.#input.settledRows(line, columns, rows - 1);
    this.#screen.settle(this.#closed ? [] : settled);
    if (line === 'eof') return line;
    const [show, draw] = [() => this.#screen.show(), this.#draw];
    this.#running = new RunningLine({ style: this.#style, show, draw });
    this.#keepKeys();
    this.#showRunning();
    return line;
  }

  #ended(): void {
    this.#running?.disappear();
    this.#running = undefined;
  }

  /** What is typed right behind Enter is for the program, where the line starts one; what is typed on a line is not. */
  #keepKeys(): void {
    if (this.#input.text === '' || this.#keys.isDeciding) this.#keys.keep();
  }

  #showRunning(): void {
    this.#running?.appear({ isTyping: this.#input.text !== '' || !this.#queue.isEmpty });
  }

  #press(key: KeyPress): void {
    if (this.#question.takes(key)) return;
    this.#pressKey(key);
    if (this.#input.text === '') this.#question.release();
  }

  #pressKey(key: KeyPress): void {
    const chord = this.#chord;
    this.#chord = key.ctrl && key.name === 'x';
    if (chord && key.ctrl && key.name === 'e') return void this.#editOutside();
    if (this.#commands(key)) return;
    if (key.ctrl && key.name === 'c' && !this.#input.isSearching) return this.#interrupt();
    if (key.name === 'return' && !key.meta && !this.#input.takesReturn) return this.#submit();
    if (key.name === 'return' && key.meta && this.#input.goesOn) return this.#finishAsIs();
    if (key.ctrl && key.name === 'l') return this.#screen.clear();
    if (!this.#chord) this.#input.press(key);
    this.#screen.drawSoon();
  }

  /** Keys that are about more than the line; those of an open menu come first. */
  #commands(key: KeyPress): boolean {
    const isEmpty = this.#input.text === '';
    const leaves = key.ctrl && key.name === 'd' && isEmpty && !this.#input.isSearching;
    if (this.#input.hasMenu && !leaves) return false;
    if (key.name === 'escape' && this.#running !== undefined) this.#stop();
    else if (key.name === 'escape' && isEmpty && this.#queue.held) this.#queue.drop();
    else if (key.name === 'up' && isEmpty && !this.#queue.isEmpty) this.#takeBack();
    else if (leaves && this.#input.prefix === undefined) this.#leave();
    else return false;
    this.#screen.drawSoon();
    return true;
  }

  #leave(): void {
    this.#input.closeMenus();
    this.#settle('eof');
  }

  #submit(): void {
    const isEmpty = this.#input.text === '';
    if (isEmpty && this.#running !== undefined) return;
    if (isEmpty && this.#queue.held) {
      this.#queue.release();
      return this.#settle(this.#queue.next()!);
    }
    const { text, prefix } = this.#input;
    const lines = this.#listener.linesIn?.(text, prefix?.id) ?? [text];
    if (!(lines instanceof Promise)) return this.#finish(lines);
    this.#keys.decide(lines, (known) => {
      this.#finish(known);
      if (this.#input.text === '') this.#question.release();
    });
  }

  /** Ends a text that lacks its end, without the rows that Enter added behind it. */
  #finishAsIs(): void {
    this.#finish([this.#input.text.replace(/\n+$/, '')]);
  }

  /** Ends the text that is edited, which is these lines; without any, it goes on in a new row. */
  #finish(lines: readonly string[]): void {
    if (lines.length === 0) {
      this.#input.goOn();
    } else {
      this.#question.finished();
      const [first, ...rest] = this.#input.finish(lines);
      const isNext = this.#waiting !== undefined;
      if (first !== undefined) this.#settle(first);
      if (isNext) this.#queue.addFirst(rest);
      else for (const line of rest) this.#queue.add(line);
    }
    this.#screen.draw();
  }

  #interrupt(): void {
    this.#input.closeMenus();
    if (this.#running !== undefined) {
      this.#queue.hold();
      return this.#stop();
    }
    if (this.#waiting === undefined) return;
    this.#keys.giveUp();
    if (this.#input.text === '') this.#screen.write('Ctrl+D leaves prefish.\n');
    this.#input.drop();
    this.#screen.draw();
  }

  #stop(): void {
    this.#question.refuse();
    this.#running?.stop();
    this.#listener.interrupt();
    this.#screen.drawSoon();
  }

  #takeBack(): void {
    const line = this.#queue.takeBack();
    if (line === undefined || line === 'eof') return;
    const { text, token, prefix, origin } = line;
    this.#input.activate(token === undefined || prefix === undefined ? undefined : { id: prefix, token });
    this.#input.set(text, origin === 'pasted' ? 'line' : undefined);
  }

  async #editOutside(): Promise<void> {
    const { editOutside } = await import('./external-editor.ts');
    try {
      this.#input.set(await editOutside(this.#input.text, this.#lend));
    } catch (error) {
      this.#screen.write(`${error instanceof Error ? error.message : String(error)}\n`);
    }
    this.#screen.draw();
  }
}
