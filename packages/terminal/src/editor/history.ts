/** The lines of this session, walked with ↑ and ↓; the unfinished line is the last of them. */
export class History {
  readonly #lines: string[] = [];
  #position = 0;
  #draft = '';

  /** Remembers a finished line. A line that begins with a space is left out, as is a repetition. */
  add(line: string): void {
    if (line !== '' && !line.startsWith(' ') && this.#lines.at(-1) !== line) this.#lines.push(line);
    this.#position = this.#lines.length;
    this.#draft = '';
  }

  older(current: string): string | undefined {
    if (this.#position === 0) return undefined;
    if (this.#position === this.#lines.length) this.#draft = current;
    return this.#lines[--this.#position];
  }

  newer(): string | undefined {
    if (this.#position === this.#lines.length) return undefined;
    this.#position++;
    return this.#lines[this.#position] ?? this.#draft;
  }
}
