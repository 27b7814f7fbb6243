import { appendFileSync, closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as delay } from 'node:timers/promises';
import type { Event, EventBody, EventQuery } from '@prefish/core';

/** Once a file has so many bytes the next one is begun; the one before is kept, older ones are not. */
const maxFileBytes = 8 * 1024 * 1024;
/** Output that comes within so many milliseconds is one event, unless it is longer than so many characters. */
const gatherMs = 40;
const gatherLength = 32 * 1024;
const pollMs = 60;

/** Where the events of a background shell are, one a line: those before, and those that are written now. */
export const transcriptFiles = (folder: string): readonly [old: string, current: string] => [
  join(folder, 'events.1.jsonl'),
  join(folder, 'events.jsonl'),
];

/** Writes down what happens in a background shell, an event a line. */
export class TranscriptWriter {
  readonly #folder: string;
  readonly #task: string;
  readonly #decoder = new StringDecoder('utf8');
  #text = '';
  #seq = 0;
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(folder: string, task: string) {
    this.#folder = folder;
    this.#task = task;
  }

  output(data: Uint8Array): void {
    this.#text += this.#decoder.write(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    if (this.#text.length >= gatherLength) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), gatherMs);
  }

  say(body: EventBody): void {
    this.#flush();
    this.#write(body);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = this.#text;
    this.#text = '';
    if (text !== '') this.#write({ type: 'output', stream: 'stdout', text });
  }

  #write(body: EventBody): void {
    const [old, current] = transcriptFiles(this.#folder);
    if (this.#bytes > maxFileBytes) {
      renameSync(current, old);
      this.#bytes = 0;
    }
    const event: Event = { seq: ++this.#seq, at: new Date().toISOString(), task: this.#task, ...body };
    const line = `${JSON.stringify(event)}\n`;
    appendFileSync(current, line, { mode: 0o600 });
    this.#bytes += Buffer.byteLength(line);
  }
}

/** The events of a transcript that are still kept, and with `follow` those to come, until `hasEnded` says that there are none. */
export async function* readTranscript(
  folder: string,
  { after, follow }: EventQuery,
  hasEnded: () => Promise<boolean>,
  signal: AbortSignal,
): AsyncGenerator<Event, void, undefined> {
  const [old, current] = transcriptFiles(folder);
  let last = after;
  const fresh = (events: readonly Event[]): readonly Event[] => {
    const unseen = events.filter(({ seq }) => seq > last);
    last = unseen.at(-1)?.seq ?? last;
    return unseen;
  };
  for (;;) {
    using older = new EventFile(old);
    using newer = new EventFile(current);
    yield* fresh(older.read());
    while (!newer.isReplaced) {
      const isOver = !follow || (await hasEnded());
      signal.throwIfAborted();
      yield* fresh(newer.read());
      if (isOver) return;
      await delay(pollMs, undefined, { signal });
    }
  }
}

/** A file of events that is read as it grows. */
class EventFile implements Disposable {
  readonly #path: string;
  #fd: number | undefined;
  #offset = 0;
  #rest = Buffer.alloc(0);

  constructor(path: string) {
    this.#path = path;
    this.#open();
  }

  /** Whether another file has taken its name. */
  get isReplaced(): boolean {
    if (this.#fd === undefined) return false;
    return statSync(this.#path, { throwIfNoEntry: false })?.ino !== fstatSync(this.#fd).ino;
  }

  /** The events that have been added since. */
  read(): readonly Event[] {
    if (this.#fd === undefined) this.#open();
    if (this.#fd === undefined) return [];
    const { size } = fstatSync(this.#fd);
    const chunk = Buffer.alloc(Math.max(0, size - this.#offset));
    this.#offset += readSync(this.#fd, chunk, 0, chunk.length, this.#offset);
    const bytes = Buffer.concat([this.#rest, chunk]);
    const end = bytes.lastIndexOf(0x0a) + 1;
    this.#rest = bytes.subarray(end);
    const lines = bytes.toString('utf8', 0, end).split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Event);
  }

  [Symbol.dispose](): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
  }

  #open(): void {
    try {
      this.#fd = openSync(this.#path, 'r');
    } catch {
      // It is not there yet, or never was.
    }
  }
}
