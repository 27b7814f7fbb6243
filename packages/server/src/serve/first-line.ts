/** How long the length of a line is, in bytes: gitprotocol-common(5), pkt-line. */
const headLength = 4;
/** The longest line that git sends, in bytes. */
const longestLine = 65_520;

/** Collects the first line of what a client of git says, however it is cut into parts. */
export class FirstLine {
  readonly #found: PromiseWithResolvers<string> = Promise.withResolvers();
  #text = '';

  /** The line without its length; empty for the end of a list (`0000`), and for what git refuses. */
  get line(): Promise<string> {
    return this.#found.promise;
  }

  take(part: Uint8Array): void {
    const length = this.#length();
    if (length !== undefined && this.#text.length >= length) return;
    this.#text += Buffer.from(part).toString('latin1', 0, longestLine);
    const known = this.#length();
    if (known === undefined || this.#text.length < known) return;
    this.#found.resolve(this.#text.slice(headLength, known));
  }

  /** Of the line with its head, in bytes. */
  #length(): number | undefined {
    if (this.#text.length < headLength) return undefined;
    const said = Number.parseInt(this.#text.slice(0, headLength), 16);
    return said > headLength ? said : headLength;
  }
}

/**
 * Whether a request that begins like this moves anything: git also tries with nothing whether it is let in, and asks
 * for the list of refs. A request has one command (gitprotocol-v2(5)), and in the versions before none begins so.
 */
export function movesSomething(line: string): boolean {
  return line !== '' && line.trimEnd() !== 'command=ls-refs';
}
