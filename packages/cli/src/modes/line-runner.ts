import { exitCodeOf, type Shell } from '@prefish/core';
import { whenStalled } from '../containment/stalled.ts';
import type { CommandHost } from '../host.ts';
import type { Interruption } from '../interruption.ts';

/** Runs lines one after the other; lets the one that runs be cancelled. */
export class LineRunner {
  readonly #shell: Shell;
  readonly #host: CommandHost;
  readonly #interruption: Interruption;
  #running = new AbortController();

  constructor(shell: Shell, host: CommandHost, interruption: Interruption) {
    this.#shell = shell;
    this.#host = host;
    this.#interruption = interruption;
  }

  /** Ends the line that runs; those after it still run. */
  cancel(): void {
    this.#running.abort();
  }

  /** Runs all of the lines, unless one of them ends the shell; resolves with the exit code of the last one. */
  async run(lines: Iterable<string> | AsyncIterable<string>): Promise<number> {
    const count = Array.isArray(lines) ? lines.length : undefined;
    let [code, taken] = [0, 0];
    using _ = whenStalled(() => this.cancel());
    try {
      for await (const line of lines) {
        if (this.#interruption.signal.aborted) break;
        const settled = await this.#shell.submit(line, {
          origin: 'script',
          ...(++taken === count && { last: true }),
          signal: AbortSignal.any([this.#interruption.signal, this.#running.signal]),
        });
        this.#running = new AbortController();
        this.#host.settled(settled);
        code = exitCodeOf(settled.exit);
        if (!(settled.result instanceof Error) && settled.result.type === 'exit') break;
      }
    } catch (error) {
      if (!this.#interruption.signal.aborted) throw error;
    }
    await this.#host.drain?.();
    return this.#interruption.code ?? code;
  }
}
