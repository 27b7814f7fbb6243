import { stripVTControlCharacters } from 'node:util';
import type { Event } from '@prefish/core';
import type { Recorded } from './line-result.ts';
import type { Question } from './questions.ts';

type Stream = 'stdout' | 'stderr';

/** Keeps what happens in a shell, and gives the part of it that came since a moment. */
export class Recorder {
  readonly events: Event[] = [];
  readonly notices: string[] = [];
  readonly #printed: { readonly stream: Stream; readonly text: string }[] = [];
  readonly #questions: readonly Question[];

  constructor(questions: readonly Question[]) {
    this.#questions = questions;
  }

  print(text: string, stream: Stream): void {
    this.#printed.push({ stream, text });
  }

  /** Starts a part; the function that is returned ends it. */
  start(): () => Recorded {
    const [events, printed, questions] = [this.events.length, this.#printed.length, this.#questions.length];
    return () => ({
      events: this.events.slice(events),
      text: this.#text(printed),
      stdout: this.#text(printed, 'stdout'),
      stderr: this.#text(printed, 'stderr'),
      questions: this.#questions.slice(questions),
    });
  }

  /** Everything that was printed, without colours. */
  get text(): string {
    return this.#text(0);
  }

  #text(from: number, only?: Stream): string {
    const chunks = this.#printed.slice(from).filter(({ stream }) => only === undefined || stream === only);
    return stripVTControlCharacters(chunks.map(({ text }) => text).join(''));
  }
}
