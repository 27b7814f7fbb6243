import { TextDecoder } from 'node:util';

/** A line, or a part of one that was too long to be held. */
export interface SplitLine {
  readonly text: string;
  /** False for the parts of an overlong line. */
  readonly whole: boolean;
}

/** Cuts a byte stream into lines of bounded length. */
export interface LineSplitter {
  /** The lines that end in this chunk, without their newline. */
  push(chunk: Buffer): SplitLine[];
  /** What is left at the end of the stream. */
  end(): SplitLine[];
}

const newline = 0x0a;

/**
 * Splits UTF-8 text at newlines; invalid bytes become U+FFFD. Of a line longer than `maxBytes` the parts
 * are given out as they come, its newline with the last.
 */
export function createLineSplitter(maxBytes: number): LineSplitter {
  let held: Buffer[] = [];
  let size = 0;
  /** Set while an overlong line goes by: characters may be cut between its parts. */
  let overlong: TextDecoder | undefined;

  const take = (): Buffer => {
    const bytes = held.length === 1 ? held[0]! : Buffer.concat(held);
    held = [];
    size = 0;
    return bytes;
  };

  return {
    push(chunk) {
      const lines: SplitLine[] = [];
      let start = 0;
      while (start < chunk.length) {
        const end = chunk.indexOf(newline, start);
        const part = chunk.subarray(start, end === -1 ? chunk.length : end);
        start += part.length + 1;
        held.push(part);
        size += part.length;
        if (overlong === undefined && size > maxBytes) overlong = new TextDecoder();
        if (overlong !== undefined) {
          const text = overlong.decode(take(), { stream: end === -1 });
          lines.push({ text: end === -1 ? text : `${text}\n`, whole: false });
          if (end !== -1) overlong = undefined;
        } else if (end !== -1) {
          lines.push({ text: take().toString('utf8'), whole: true });
        }
      }
      return lines;
    },
    end() {
      if (overlong !== undefined) return [{ text: overlong.decode(), whole: false }];
      return size === 0 ? [] : [{ text: take().toString('utf8'), whole: true }];
    },
  };
}
