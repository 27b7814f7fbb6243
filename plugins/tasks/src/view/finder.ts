import type { KeyPress } from '@prefish/screen';
import type { Lines } from './scroll.ts';

/** Looks for text in lines as they are read: without their colours, in capitals or not. */
export class Finder {
  #wanted = '';
  /** Whether what is looked for is being typed. */
  typing = false;
  /** The line that was found; `undefined` when none was. */
  found: number | undefined;

  /** What is looked for; `''` for nothing. */
  get wanted(): string {
    return this.#wanted;
  }

  /** @param wanted what has been typed already */
  open(wanted = ''): void {
    this.typing = true;
    this.#wanted = wanted;
    this.found = undefined;
  }

  close(): void {
    this.typing = false;
    this.#wanted = '';
    this.found = undefined;
  }

  /** A key while it is typed; true when it asks to look now. */
  type(key: KeyPress): boolean {
    if (key.name === 'return') {
      this.typing = false;
      return this.#wanted !== '';
    }
    if (key.name === 'escape' || (key.ctrl && key.name === 'c')) this.close();
    else if (key.name === 'backspace') this.#wanted = this.#wanted.slice(0, -1);
    else if (!key.ctrl) this.#wanted += key.text;
    return false;
  }

  /** The next line that holds it, from one on, in steps of 1 or -1. Goes on at the other end. */
  find(lines: Lines, from: number, step: 1 | -1): number | undefined {
    const { first, end } = lines;
    const length = end - first;
    const wanted = this.#wanted.toLowerCase();
    for (let count = 0; count < length; count++) {
      const line = first + ((((from - first + step * count) % length) + length) % length);
      if (plain(lines.at(line)).toLowerCase().includes(wanted)) return (this.found = line);
    }
    return (this.found = undefined);
  }
}

/** A line without its colours and links. */
export function plain(line: string): string {
  return line.includes('\x1b')
    ? line.replaceAll(/\x1b\[[0-9;:]*m|\x1b\]8;[^\x07\x1b]*(?:\x07|\x1b\\)/g, '')
    : line;
}
