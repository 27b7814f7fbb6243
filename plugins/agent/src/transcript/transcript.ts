import { appendFile, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { EventBody, Out } from '@prefish/core';
import { replaceFile } from '@prefish/durable';
import { readJsonLines } from '../json-lines.ts';
import { entryOf, joined, readEntry, type TranscriptEntry } from './transcript-entry.ts';

/** So much of a conversation is kept, in bytes; at twice as much the older half goes. */
const keptBytes = 1024 * 1024;
/** The longest text of a line, in characters: far fewer bytes than are kept, however they are written. */
const longestText = 128 * 1024;
/** What is said is on disk after so long, though the agent talks on. */
const flushMs = 200;

/** One conversation, written down as it happens: an entry a line, for its owner alone. */
export class Transcript {
  readonly file: string;
  #waiting: TranscriptEntry[] = [];
  #writing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #hasWritten = false;

  /** @param file an absolute path; made with the first entry */
  constructor(file: string) {
    this.file = file;
  }

  add(entry: TranscriptEntry): void {
    this.#waiting.push(entry);
    this.#timer ??= setTimeout(() => void this.flush().catch(() => {}), flushMs).unref();
  }

  /** `out`, with what is said there written down. */
  recording(out: Out): Out {
    const note = (event: EventBody): void => {
      const entry = entryOf(event);
      if (entry !== undefined) this.add(entry);
    };
    return {
      ...out,
      event(event) {
        note(event);
        out.event(event);
      },
      write(text, stream = 'stdout') {
        note({ type: 'output', stream, text });
        out.write(text, stream);
      },
    };
  }

  /** Resolves when everything that was added is on disk. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const entries = joined(this.#waiting);
    this.#waiting = [];
    const writing = this.#writing.catch(() => {}).then(() => this.#write(entries));
    this.#writing = writing;
    await writing;
  }

  /** As {@link flush}, saying so where it fails: nothing that was said is lost for the want of a copy. */
  async flushOrWarn(out: Pick<Out, 'warn'>): Promise<void> {
    await this.flush().catch((error: Error) => {
      out.warn('PREFISH_AGENT_SESSION', `& will not carry this conversation: ${error.message}`);
    });
  }

  /** Everything that is known of the conversation, the oldest first. */
  async read(): Promise<readonly TranscriptEntry[]> {
    await this.flush().catch(() => {});
    return joined(await readJsonLines(this.file, readEntry));
  }

  async #write(entries: readonly TranscriptEntry[]): Promise<void> {
    if (entries.length === 0) return;
    await mkdir(dirname(this.file), { recursive: true, mode: 0o700 });
    const lines = entries
      .flatMap(pieces)
      .map((entry) => `${JSON.stringify(entry)}\n`)
      .join('');
    // Whoever wrote before may have been killed in the middle of a line.
    await appendFile(this.file, this.#hasWritten ? lines : `\n${lines}`, { mode: 0o600 });
    this.#hasWritten = true;
    if ((await stat(this.file)).size > keptBytes * 2) await this.#shorten();
  }

  async #shorten(): Promise<void> {
    const bytes = await readFile(this.file);
    const kept = bytes.subarray(-keptBytes);
    await replaceFile(this.file, kept.subarray(kept.indexOf('\n') + 1), { mode: 0o600 });
  }
}

/**
 * A message that is longer than a line may be. The agent's is several, which reading puts together; of the user's
 * the beginning is kept, as two of them are two messages.
 */
function pieces(entry: TranscriptEntry): readonly TranscriptEntry[] {
  if (entry.type !== 'message' || entry.text.length <= longestText) return [entry];
  const { role, text } = entry;
  if (role === 'user') return [{ ...entry, text: `${text.slice(0, longestText)}\n…` }];
  const count = Math.ceil(text.length / longestText);
  return Array.from({ length: count }, (_, index) => ({
    ...entry,
    text: text.slice(index * longestText, (index + 1) * longestText),
  }));
}
