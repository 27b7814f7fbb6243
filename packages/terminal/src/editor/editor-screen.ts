import type { WriteStream } from 'node:tty';
import { Frame, type Cursor } from '@prefish/screen';
import type { Output } from '../host/output.ts';
import { UnfinishedLine } from './unfinished-line.ts';

/** The rows of an editor, and where the cursor stands in them. */
export interface View {
  readonly rows: readonly string[];
  readonly cursor: Cursor;
}

/** What an {@link EditorScreen} draws on. */
export interface EditorScreenOptions {
  readonly stdout: WriteStream;
  /** Where text goes while no frame is shown. */
  readonly output: Output;
  /** The rows of the editor as they should be now: at most `height`. */
  readonly view: (columns: number, height: number) => View;
  /** Whether the terminal wraps the row with the cursor when it becomes narrower. Default true. */
  readonly wrapsCursorRow?: boolean;
}

/**
 * The end of the screen: what is printed, and while an editor is shown, its rows below. A line that
 * was printed in part is the first row of the frame until it is whole, so that it can go on.
 */
export class EditorScreen {
  readonly #stdout: WriteStream;
  readonly #output: Output;
  readonly #view: EditorScreenOptions['view'];
  readonly #frame: Frame;
  readonly #unfinished = new UnfinishedLine();
  #shown = false;
  #pending = false;

  constructor({ stdout, output, view, wrapsCursorRow = true }: EditorScreenOptions) {
    this.#stdout = stdout;
    this.#output = output;
    this.#view = view;
    const write = (data: string): void => void stdout.write(data);
    this.#frame = new Frame({ write, size: () => this.size, wrapsCursorRow });
  }

  get size(): { readonly columns: number; readonly rows: number } {
    return { columns: this.#stdout.columns || 80, rows: this.#stdout.rows || 24 };
  }

  /** Whether the rows of the editor are there. */
  get shown(): boolean {
    return this.#shown;
  }

  /** Shows the editor below what was printed. */
  show(): void {
    if (!this.#shown) {
      this.#shown = true;
      const rows = this.#unfinished.rows(this.size.columns);
      if (rows.length > 0 && this.#unfinished.isPlain) {
        this.#frame.adopt(rows);
      } else {
        this.#output.freshLine();
        this.#unfinished.forget();
      }
    }
    this.draw();
  }

  /** Takes the editor away. What is printed next goes on where printing ended. */
  hide(): void {
    if (!this.#shown) return;
    this.#shown = false;
    this.#frame.clear();
    this.#output.note('\n');
    this.#output.write(this.#unfinished.text);
  }

  /** Draws the editor as it is now. */
  draw(): void {
    if (!this.#shown) return;
    this.#shorten();
    const { rows, cursor } = this.#rows();
    this.#frame.render(rows, cursor);
  }

  /** What comes together is drawn together. */
  drawSoon(): void {
    if (this.#pending) return;
    this.#pending = true;
    queueMicrotask(() => {
      this.#pending = false;
      this.draw();
    });
  }

  /** Leaves `rows` on the screen as something that was printed, and nothing else of the editor. */
  settle(rows: readonly string[]): void {
    this.freshLine();
    this.#shown = false;
    this.#frame.render(rows);
    this.#frame.finish();
    this.#output.note('\n');
  }

  /** Prints above the editor. The last line may be unfinished: what is written next goes on with it. */
  write(text: string, stream: 'stdout' | 'stderr' = 'stdout'): void {
    if (text === '') return;
    const lines = this.#unfinished.add(text);
    if (!this.#shown) this.#output.write(text, stream);
    else if (lines === undefined) this.drawSoon();
    else this.#above(lines);
  }

  /** Ends a line that was left unfinished. */
  freshLine(): void {
    if (!this.#shown) {
      this.#output.freshLine();
      this.#unfinished.forget();
      return;
    }
    const line = this.#unfinished.finish();
    if (line !== undefined) this.#above(line);
  }

  /** Empties the screen. */
  clear(): void {
    this.#stdout.write('\x1b[H\x1b[2J');
    this.#frame.forget();
    this.draw();
  }

  /** Prints what of an unfinished line would leave no room for the editor. */
  #shorten(): void {
    const { columns, rows } = this.size;
    if (this.#unfinished.rows(columns).length <= Math.max(1, rows >> 1)) return;
    this.#above(this.#unfinished.finishRows(columns));
  }

  #above(lines: string): void {
    this.#frame.above(lines, this.#rows());
  }

  #rows(): View {
    const { columns, rows: height } = this.size;
    const begun = this.#unfinished.rows(columns).slice(-Math.max(1, height >> 1));
    const { rows, cursor } = this.#view(columns, Math.max(1, height - 1 - begun.length));
    return {
      rows: [...begun, ...rows],
      cursor: { row: cursor.row + begun.length, column: cursor.column },
    };
  }
}
