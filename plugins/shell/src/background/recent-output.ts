/** So much of what was printed last is shown to who attaches, in bytes. */
const keptBytes = 128 * 1024;
const sequences = /\x1b\[\?1049([hl])/g;

/** The end of what a program has printed, and whether it is a full-screen program. */
export class RecentOutput {
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #tail = '';
  #isFullScreen = false;

  /** Whether the program draws on the alternate screen. */
  get isFullScreen(): boolean {
    return this.#isFullScreen;
  }

  readonly take = (data: Uint8Array): void => {
    const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1');
    for (const [, set] of (this.#tail + text).matchAll(sequences)) this.#isFullScreen = set === 'h';
    this.#tail = (this.#tail + text).slice(-7);
    this.#chunks.push(data);
    this.#bytes += data.length;
    while (this.#bytes - this.#chunks[0]!.length >= keptBytes) this.#bytes -= this.#chunks.shift()!.length;
  };

  /** From the beginning of a line, where something was left out before. */
  bytes(): Buffer {
    const all = Buffer.concat(this.#chunks);
    if (all.length <= keptBytes) return all;
    const end = all.subarray(all.length - keptBytes);
    return end.subarray(end.indexOf(0x0a) + 1);
  }
}
