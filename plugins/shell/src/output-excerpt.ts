import { sanitize } from '@prefish/screen';

/** So much of the beginning and of the end of an output is kept, in bytes. */
const keptBytes = 8 * 1024;
const alternateScreen = '\x1b[?1049';

/** Keeps the beginning and the end of what a program prints, without the screens of full-screen programs. */
export class OutputExcerpt {
  readonly #head: Uint8Array[] = [];
  #headBytes = 0;
  #tail: Uint8Array[] = [];
  #tailBytes = 0;
  #omittedBytes = 0;
  #isFullScreen = false;

  readonly take = (chunk: Uint8Array): void => {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let start = 0; start < bytes.length;) {
      const at = bytes.indexOf(alternateScreen, start);
      const end = at < 0 ? bytes.length : at;
      if (!this.#isFullScreen) this.#keep(bytes.subarray(start, end));
      if (at < 0) return;
      start = at + alternateScreen.length + 1;
      this.#isFullScreen = bytes[start - 1] === 0x68;
    }
  };

  /** What was kept as plain text, with a mark where something was left out. */
  text(): string {
    const head = Buffer.concat(this.#head);
    const tail = Buffer.concat(this.#tail);
    const surplus = Math.max(0, tail.length - keptBytes);
    const omitted = this.#omittedBytes + surplus;
    if (omitted === 0) return plainText(Buffer.concat([head, tail]).toString('utf8'));
    const [start, end] = [head.toString('utf8'), tail.subarray(surplus).toString('utf8')];
    return `${plainText(start)}\n[… ${omitted} bytes left out …]\n${plainText(end)}`;
  }

  #keep(bytes: Uint8Array): void {
    const room = keptBytes - this.#headBytes;
    const head = bytes.subarray(0, room);
    if (head.length > 0) this.#head.push(head);
    this.#headBytes += head.length;
    const rest = bytes.subarray(head.length);
    if (rest.length === 0) return;
    this.#omittedBytes += Math.max(0, rest.length - keptBytes);
    this.#tail.push(rest.subarray(-keptBytes));
    this.#tailBytes += Math.min(rest.length, keptBytes);
    while (this.#tailBytes - this.#tail[0]!.length >= keptBytes) {
      const { length } = this.#tail.shift()!;
      this.#tailBytes -= length;
      this.#omittedBytes += length;
    }
  }
}

/** Text as it stood on the screen in the end: a progress bar is its last state. */
function plainText(text: string): string {
  const lines = text.split('\n').map((line) => {
    const shown = line.replace(/\r+$/, '');
    return shown.slice(shown.lastIndexOf('\r') + 1);
  });
  return sanitize(lines.join('\n'))
    .replaceAll(/\x1b\[[0-9;:]*m/g, '')
    .trimEnd();
}
