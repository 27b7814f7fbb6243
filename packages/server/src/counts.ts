/** How much there is of each key at the moment; a key of which there is nothing takes no room. */
export class Counts {
  readonly #counts = new Map<string, number>();

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  /** Adds so much, which may be below zero. */
  add(key: string, change: number): void {
    const now = this.of(key) + change;
    if (now === 0) this.#counts.delete(key);
    else this.#counts.set(key, now);
  }
}
