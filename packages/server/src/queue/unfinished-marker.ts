import { closeSync, existsSync, fsyncSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { isFinal } from '@prefish/protocol';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';

/**
 * A file that exists exactly while there are tasks that have not ended, so that whoever finds it
 * without a server knows that one is needed, without starting anything.
 */
export class UnfinishedMarker {
  readonly #path: string;
  readonly #store: Store;
  readonly #log: Log;
  readonly #unsubscribe: () => void;
  #holds = 0;
  /** Counts submissions, so that one which came while the store was asked is not overlooked. */
  #generation = 0;
  #refreshing: Promise<void> = Promise.resolve();

  constructor(options: { readonly path: string; readonly store: Store; readonly log: Log }) {
    this.#path = options.path;
    this.#store = options.store;
    this.#log = options.log;
    this.#unsubscribe = options.store.onChange(({ task }) => {
      if (task !== undefined && isFinal(task.state)) void this.refresh();
    });
  }

  /** Runs a submission with the marker in place before it begins. */
  async during<T>(submission: () => Promise<T>): Promise<T> {
    this.#holds++;
    this.#generation++;
    try {
      this.#write();
      return await submission();
    } finally {
      this.#holds--;
      void this.refresh();
    }
  }

  /** Writes or removes the marker, as the store has it. Never rejects. */
  refresh(): Promise<void> {
    this.#refreshing = this.#refreshing
      .then(() => this.#compare())
      .catch((error: unknown) =>
        this.#log('error', 'the marker for unfinished tasks could not be kept', { error: String(error) }),
      );
    return this.#refreshing;
  }

  /** Stops following the store; the marker stays as it is. */
  async close(): Promise<void> {
    this.#unsubscribe();
    await this.#refreshing;
  }

  async #compare(): Promise<void> {
    const generation = this.#generation;
    const { submitted, working } = await this.#store.counts();
    if (submitted + working > 0) this.#write();
    else if (this.#holds === 0 && this.#generation === generation) rmSync(this.#path, { force: true });
  }

  #write(): void {
    if (existsSync(this.#path)) return;
    closeSync(openSync(this.#path, 'a', 0o600));
    const folder = openSync(dirname(this.#path), 'r');
    fsyncSync(folder);
    closeSync(folder);
  }
}
