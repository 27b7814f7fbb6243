import type { EventBody } from '@prefish/protocol';

/** So much of each message is repeated, in characters. */
const shown = 80;

/** The messages that were handed to a line and not taken yet. A line that takes one says so by repeating it. */
export class UnreadMessages {
  #texts: readonly string[] = [];

  add(text: string): void {
    this.#texts = [...this.#texts, text.toWellFormed()];
  }

  /** The events of a line, in which a turn begins where it repeats a message: that was written down when it was sent. */
  withTurns(events: readonly EventBody[]): readonly EventBody[] {
    if (this.#texts.length === 0) return events;
    return events.map((event) => (this.#isRepeated(event) ? { type: 'turn' } : event));
  }

  /** What the transcript of a line says that ended without taking them. */
  warnings(): readonly EventBody[] {
    return this.#texts.map((text) => ({
      type: 'warning',
      code: 'PREFISH_MESSAGE_UNREAD',
      message: `the task ended before it took the message “${shorten(text)}”`,
    }));
  }

  #isRepeated(event: EventBody): boolean {
    if (event.type !== 'message' || event.role !== 'user') return false;
    const index = this.#texts.indexOf(event.text);
    if (index < 0) return false;
    this.#texts = this.#texts.toSpliced(index, 1);
    return true;
  }
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length <= shown ? line : `${characters.slice(0, shown - 1).join('')}…`;
}
