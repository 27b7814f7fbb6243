import type { ReadStream, WriteStream } from 'node:tty';
import type { LentTerminal } from '@prefish/core';
import { PrefishError } from '@prefish/protocol';
import { drained, type Output } from './output.ts';
import type { TerminalMode } from './terminal-mode.ts';

/** What is lent. */
export interface Lendable {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  readonly mode: TerminalMode;
  readonly output: Output;
  /** {@link LentTerminal.wrapsCursorRow} */
  readonly wrapsCursorRow: boolean;
  /** Has what was typed for somebody who did not read it. */
  readonly unread: (data: Buffer) => void;
}

/** Lends the terminal to one handler at a time. */
export class Lender {
  readonly #terminal: Lendable;
  readonly #undo = new Set<() => string>();
  #lent = false;

  constructor(terminal: Lendable) {
    this.#terminal = terminal;
  }

  /**
   * Puts the terminal in raw mode for `use`, and back when it settles. Ctrl+C is a byte for whoever
   * has the terminal meanwhile, and a SIGINT or SIGQUIT from elsewhere does not end the shell.
   *
   * @throws PREFISH_NO_TTY when it is lent already, or nothing can be typed any more
   */
  async lend<T>(use: (terminal: LentTerminal) => Promise<T>): Promise<T> {
    if (this.#lent) {
      throw new PrefishError('PREFISH_NO_TTY', 'The terminal is in use by something else that runs');
    }
    const { stdin, stdout, mode, output, wrapsCursorRow, unread: giveBack } = this.#terminal;
    // Ctrl+D ends the stream for good where the terminal itself edits lines.
    if (stdin.readableEnded || stdin.destroyed) {
      throw new PrefishError('PREFISH_NO_TTY', 'Nothing more can be typed at the terminal');
    }
    this.#lent = true;
    const inputs = new Set<(data: Buffer) => void>();
    const resizes = new Set<() => void>();
    const unread: Buffer[] = [];
    const onData = (data: Buffer): void => inputs.forEach((listener) => listener(data));
    const onResize = (): void => resizes.forEach((listener) => listener());
    const ignore = (): void => {};

    output.freshLine();
    mode.enterRaw();
    const ready = mode.printUntouched();
    let early: (string | Uint8Array)[] | undefined = [];
    const flushed = ready.then(() => {
      for (const data of early ?? []) stdout.write(data);
      early = undefined;
    });
    process.on('SIGINT', ignore);
    process.on('SIGQUIT', ignore);
    process.on('exit', this.putBack);
    stdout.on('resize', onResize);
    // Whoever draws draws again: others have had the screen meanwhile.
    process.on('SIGCONT', onResize);
    try {
      return await use({
        get columns() {
          return stdout.columns || 80;
        },
        get rows() {
          return stdout.rows || 24;
        },
        wrapsCursorRow,
        onInput: (listener) => {
          if (inputs.size === 0) stdin.on('data', onData).resume();
          inputs.add(listener);
        },
        unread: (data) => void unread.push(data),
        onResize: (listener) => void resizes.add(listener),
        onExit: (undo) => void this.#undo.add(undo),
        suspend: () => {
          for (const undo of this.#undo) stdout.write(undo());
          mode.suspend();
        },
        write: (data) => {
          output.note(data);
          if (early === undefined) return stdout.write(data);
          early.push(data);
          return true;
        },
        drained: () => flushed.then(() => drained(stdout)),
      });
    } finally {
      await flushed;
      stdin.off('data', onData).pause();
      stdout.off('resize', onResize);
      process.off('SIGCONT', onResize);
      process.off('SIGINT', ignore);
      process.off('SIGQUIT', ignore);
      process.off('exit', this.putBack);
      this.#undo.clear();
      mode.leaveRaw();
      if (unread.some(({ length }) => length > 0)) giveBack(Buffer.concat(unread));
      this.#lent = false;
    }
  }

  /** Puts the screen back from whoever has it: prefish ends. */
  readonly putBack = (): void => {
    for (const undo of this.#undo) this.#terminal.stdout.write(undo());
    this.#undo.clear();
  };
}
