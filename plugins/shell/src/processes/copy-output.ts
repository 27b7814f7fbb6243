import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Out } from '@prefish/core';

/** How long the output must be silent once the shell has ended, for what its last children print. */
const silenceMs = 250;
/** How many such spells to listen for when it is never silent. */
const spells = 4;
/** More than a pipe can hold: whatever comes beyond this was printed after the shell had ended. */
const floodBytes = 4 * 1024 * 1024;

/**
 * Passes on what a shell and its children print, each chunk as it comes, at the speed at which they
 * go out: as it is where that can be, else as text. Resolves when both streams have ended; or, when background children
 * keep them open, soon after the shell has: such children print into the void from then on.
 */
export async function copyOutput(
  child: Pick<ChildProcess, 'stdout' | 'stderr'>,
  ended: Promise<unknown>,
  out: Pick<Out, 'write' | 'bytes' | 'drain'>,
): Promise<void> {
  const copies = [new Copy(child.stdout!, 'stdout', out), new Copy(child.stderr!, 'stderr', out)];
  const all = Promise.all(copies.map((copy) => copy.done));
  void ended.then(() => listenOn(copies));
  await all;
}

/**
 * Ends copies that go on although the shell has ended. What it printed is in the pipes by then, and
 * must not be lost to a slow reader or a busy machine: only spells count in which nobody was waited
 * for, and each gives the event loop a chance to read.
 */
function listenOn(copies: readonly Copy[]): void {
  for (const copy of copies) copy.expectEnd(floodBytes);
  let listened = 0;
  const timer = setInterval(() => {
    if (copies.some((copy) => copy.isBlocked)) return;
    listened += 1;
    const isSilent = copies.map((copy) => copy.wasSilent()).every(Boolean);
    if (isSilent || listened >= spells) for (const copy of copies) copy.finish();
  }, silenceMs);
  void Promise.all(copies.map((copy) => copy.done)).then(() => clearInterval(timer));
}

class Copy {
  readonly done: Promise<void>;
  /** Whether it waits for what was written to go out. */
  isBlocked = false;
  #left = Infinity;
  #isSilent = true;
  readonly #stream: Readable;
  readonly #decoder = new StringDecoder('utf8');
  readonly #write: (chunk: Buffer) => void;
  readonly #writeText: (text: string) => void;
  readonly #resolve: () => void;

  constructor(stream: Readable, name: 'stdout' | 'stderr', out: Pick<Out, 'write' | 'bytes' | 'drain'>) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.done = promise;
    this.#resolve = resolve;
    this.#stream = stream;
    this.#writeText = (text) => {
      if (text !== '') out.write(text, name);
    };
    this.#write = (chunk) => {
      if (out.bytes === undefined) this.#writeText(this.#decoder.write(chunk));
      else out.bytes(chunk, name);
    };
    stream.on('data', (chunk: Buffer) => void this.#take(chunk, out));
    stream.once('end', () => this.finish());
    stream.once('error', () => this.finish());
  }

  /** From now on only so much more is taken. */
  expectEnd(bytes: number): void {
    this.#left = bytes;
    this.#isSilent = true;
  }

  /** Whether nothing has come since this was asked last. */
  wasSilent(): boolean {
    const wasSilent = this.#isSilent;
    this.#isSilent = true;
    return wasSilent;
  }

  /** Writes what is left of a character, and lets the rest of the stream run into the void. */
  finish(): void {
    this.#writeText(this.#decoder.end());
    this.#stream.removeAllListeners('data');
    this.#stream.resume();
    (this.#stream as Readable & { unref?(): void }).unref?.();
    this.#resolve();
  }

  async #take(chunk: Buffer, out: Pick<Out, 'drain'>): Promise<void> {
    this.#write(chunk);
    this.#stream.pause();
    this.isBlocked = true;
    await out.drain();
    this.isBlocked = false;
    this.#isSilent = false;
    this.#left -= chunk.length;
    if (this.#left < 0) this.finish();
    else this.#stream.resume();
  }
}
