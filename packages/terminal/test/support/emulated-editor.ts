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
  { columns = 80, rows = 24, color = false }: { columns?: number; rows?: number; color?: boolean } = {},
): EmulatedEditor {
  const terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 5000, allowProposedApi: true });
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
      terminal.resize(cols, height);
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
