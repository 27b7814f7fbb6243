import { ScreenModes } from './screen-modes.ts';

/** So much of what was printed last is shown to who attaches, in bytes. */
const keptBytes = 128 * 1024;

/** The end of what a program has printed, and what it has switched on the terminal. */
export class RecentOutput {
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  readonly modes: ScreenModes = new ScreenModes();

  readonly take = (data: Uint8Array): void => {
    this.modes.take(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1'));
    this.#chunks.push(data);
    this.#bytes += data.length;
    while (this.#bytes - this.#chunks[0]!.length >= keptBytes) this.#bytes -= this.#chunks.shift()!.length;
  };

  /** At most so many; from the beginning of a line, where something was left out before. */
  bytes(most: number = keptBytes): Buffer {
    const all = Buffer.concat(this.#chunks);
    if (all.length <= most) return all;
    const end = all.subarray(all.length - most);
    return end.subarray(end.indexOf(0x0a) + 1);
  }
}
