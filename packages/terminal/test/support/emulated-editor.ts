import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import { createStyle } from '@prefish/screen';
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import xterm from '@xterm/headless';
import { FrameEditor } from '../../src/editor/frame-editor.ts';
import type { EditorListener } from '../../src/editor/line-editor.ts';
import { Output } from '../../src/host/output.ts';
import { TerminalMode } from '../../src/host/terminal-mode.ts';

/** The line editor on an emulated terminal, in this process. */
export interface EmulatedEditor extends AsyncDisposable {
  readonly editor: FrameEditor;
  readonly output: Output;
  press(bytes: string): void;
  resize(columns: number, rows: number): Promise<void>;
  /** Everything that was written and is on the screen or above it, once the terminal has drawn it: without blank ends. */
  rows(): Promise<string[]>;
  /** Where the cursor stands in {@link rows}. */
  cursor(): Promise<{ row: number; column: number }>;
}

export function emulateEditor(
  listener: EditorListener,
  {
    columns = 80,
    rows = 24,
    color = false,
    wrapsCursorRow = true,
  }: { columns?: number; rows?: number; color?: boolean; wrapsCursorRow?: boolean } = {},
): EmulatedEditor {
  const terminal = new xterm.Terminal({
    cols: columns,
    rows,
    scrollback: 5000,
    allowProposedApi: true,
    reflowCursorLine: wrapsCursorRow,
  });
  // Families and flags are drawn as one, as terminals of today do.
  terminal.loadAddon(new UnicodeGraphemesAddon());
  const stdout = Object.assign(
    new Writable({
      decodeStrings: false,
      write(chunk: string | Buffer, _encoding, done) {
        // As the line discipline of a terminal does.
        terminal.write(String(chunk).replaceAll(/\r?\n/g, '\r\n'), () => done());
      },
    }),
    { columns, rows, isTTY: true },
  ) as unknown as WriteStream;
  const stdin = Object.assign(new EventEmitter(), {
    isTTY: true,
    setRawMode: () => stdin,
    resume: () => stdin,
    pause: () => stdin,
    unshift: () => {},
  }) as unknown as ReadStream;
  const output = new Output({ stdout, stderr: stdout }, () => false);
  const mode = new TerminalMode(stdin);
  const editor = new FrameEditor({
    stdin,
    stdout,
    mode,
    output,
    style: createStyle(color),
    listener,
    lend: () => Promise.reject(new Error('nobody borrows an emulated terminal')),
    wrapsCursorRow,
  });
  const drawn = async (): Promise<void> => {
    // What the editor puts off until it has seen all keys.
    await Promise.resolve();
    await new Promise<void>((resolve) => stdout.write('', () => resolve()));
  };
  return {
    editor,
    output,
    press: (bytes) => void stdin.emit('data', Buffer.from(bytes)),
    async resize(cols, height) {
      await drawn();
      const stay = wrapsCursorRow ? holdCursor(terminal) : () => {};
      terminal.resize(cols, height);
      stay();
      stdout.columns = cols;
      stdout.rows = height;
      stdout.emit('resize');
    },
    async rows() {
      await drawn();
      const { active } = terminal.buffer;
      const lines = Array.from({ length: active.length }, (_, row) =>
        (active.getLine(row)?.translateToString(true) ?? '').trimEnd(),
      );
      while (lines.at(-1) === '') lines.pop();
      return lines;
    },
    async cursor() {
      await drawn();
      const { active } = terminal.buffer;
      return { row: active.baseY + active.cursorY, column: active.cursorX };
    },
    async [Symbol.asyncDispose]() {
      editor.close();
      await drawn();
      terminal.dispose();
    },
  };
}

/** Returns what puts the cursor back to the character on which it stands now: xterm.js loses it where it wraps a row. */
function holdCursor(terminal: xterm.Terminal): () => void {
  const { active } = terminal.buffer;
  const at = active.baseY + active.cursorY;
  let first = at;
  while (active.getLine(first)?.isWrapped) first--;
  const before = [...textCells(active, first)].filter(
    ({ row, column }) => row < at || (row === at && column < active.cursorX),
  ).length;
  const marker = terminal.registerMarker(first - at)!;
  return () => {
    const cells = [...textCells(active, marker.line)];
    const last = cells[before - 1];
    const behind = last && { row: last.row, column: Math.min(last.column + last.width, terminal.cols - 1) };
    const { row, column } = cells[before] ?? behind ?? { row: marker.line, column: 0 };
    terminal.write(`\x1b[${Math.max(row - active.baseY, 0) + 1};${column + 1}H`);
  };
}

/** Where the characters stand of a line that begins in a row. */
function* textCells(
  buffer: xterm.IBuffer,
  first: number,
): Generator<{ row: number; column: number; width: number }> {
  for (let row = first; row === first || buffer.getLine(row)?.isWrapped; row++) {
    const line = buffer.getLine(row);
    for (let column = 0; column < (line?.length ?? 0); column++) {
      const cell = line?.getCell(column);
      if (cell?.getChars()) yield { row, column, width: cell.getWidth() };
    }
  }
}
