import { createHash, randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '@prefish/durable';
import { conversationFile } from './conversation-file.ts';
import type { TranscriptEntry } from './transcript-entry.ts';
import { Transcript } from './transcript.ts';

/** So many conversations are kept. */
const mostTranscripts = 200;

/** The conversations of this user, as they were written down. */
export class Transcripts {
  readonly #folder: string;
  readonly #exports: string;

  /** @param folder where each has a file */
  constructor(folder: string) {
    this.#folder = join(folder, 'transcripts');
    this.#exports = join(folder, 'conversations');
  }

  /** The transcript of a conversation, by the agent's own id of it. */
  of(session: string): Transcript {
    // An id is the agent's, and need not be fit for a file's name.
    const name = createHash('sha256').update(session).digest('hex').slice(0, 32);
    return new Transcript(join(this.#folder, `${name}.jsonl`));
  }

  /** A new transcript, for an agent that keeps no conversations. @param history what was said before */
  begin(history: readonly TranscriptEntry[] = []): Transcript {
    const transcript = this.of(randomUUID());
    for (const entry of history) transcript.add(entry);
    return transcript;
  }

  /** Writes a conversation down for an agent that did not have it, as Markdown, and resolves with the path. */
  async export(name: string, entries: readonly TranscriptEntry[]): Promise<string> {
    const file = join(this.#exports, `${name.replaceAll(/[^\w-]/g, '_').slice(0, 100)}.md`);
    await writeDurably(file, conversationFile({ entries })?.text ?? '');
    return file;
  }

  /** Forgets the oldest, where there are many. */
  async prune(): Promise<void> {
    await Promise.all([keepNewest(this.#folder), keepNewest(this.#exports)]);
  }
}

async function keepNewest(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  if (names.length <= mostTranscripts) return;
  const dated = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      return { path, at: (await stat(path).catch(() => undefined))?.mtimeMs ?? 0 };
    }),
  );
  const oldest = dated.sort((a, b) => b.at - a.at).slice(mostTranscripts);
  await Promise.all(oldest.map(({ path }) => rm(path, { force: true })));
}
