import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Out } from '@prefish/core';

/** How long to listen on after the shell has ended, for what its last children print. */
const patienceMs = 250;
/** More than a pipe can hold: whatever comes beyond this was printed after the shell had ended. */
const patienceBytes = 4 * 1024 * 1024;

/**
 * Turns what a shell and its children print into `output` events, each chunk as it comes, at the
 * speed at which they go out. Resolves when both streams have ended; or, when background children
 * keep them open, soon after the shell has: such children print into the void from then on.
 */
export async function copyOutput(
  child: Pick<ChildProcess, 'stdout' | 'stderr'>,
  ended: Promise<unknown>,
  out: Pick<Out, 'write' | 'drain'>,
): Promise<void> {
  const copies = [new Copy(child.stdout!, 'stdout', out), new Copy(child.stderr!, 'stderr', out)];
  const all = Promise.all(copies.map((copy) => copy.done));
  void ended.then(() => listenOn(copies));
  await all;
}

/** Ends the copies that go on although the shell has ended. Time in which our own reader was slow does not count. */
function listenOn(copies: readonly Copy[]): void {
  for (const copy of copies) copy.limit(patienceBytes);
  const timer = setInterval(() => {
    if (copies.some((copy) => copy.blocked)) return;
    clearInterval(timer);
    for (const copy of copies) copy.finish();
  }, patienceMs);
  void Promise.all(copies.map((copy) => copy.done)).then(() => clearInterval(timer));
}

class Copy {
  readonly done: Promise<void>;
  /** Whether it waits for what was written to go out. */
  blocked = false;
  #left = Infinity;
  readonly #stream: Readable;
  readonly #decoder = new StringDecoder('utf8');
  readonly #write: (text: string) => void;
  readonly #resolve: () => void;

  constructor(stream: Readable, name: 'stdout' | 'stderr', out: Pick<Out, 'write' | 'drain'>) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.done = promise;
    this.#resolve = resolve;
    this.#stream = stream;
    this.#write = (text) => {
      if (text !== '') out.write(text, name);
    };
    stream.on('data', (chunk: Buffer) => void this.#take(chunk, out));
    stream.once('end', () => this.finish());
    stream.once('error', () => this.finish());
  }

  limit(bytes: number): void {
    this.#left = bytes;
  }

  /** Writes what is left of a character, and lets the rest of the stream run into the void. */
  finish(): void {
    this.#write(this.#decoder.end());
    this.#stream.removeAllListeners('data');
    this.#stream.resume();
    (this.#stream as Readable & { unref?(): void }).unref?.();
    this.#resolve();
  }

  async #take(chunk: Buffer, out: Pick<Out, 'drain'>): Promise<void> {
    this.#write(this.#decoder.write(chunk));
    this.#stream.pause();
    this.blocked = true;
    await out.drain();
    this.blocked = false;
    this.#left -= chunk.length;
    if (this.#left < 0) this.finish();
    else this.#stream.resume();
  }
}
