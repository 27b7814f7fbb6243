import type { EventBody } from '@prefish/protocol';

/** The longest subject, in characters, that git's own tools show whole (git-commit(1), "Discussion": 50, and 72 for what follows). */
const longestSubject = 72;
/** The longest message that is kept, in UTF-16 units. */
const longestMessage = 64 * 1024;
/** What is said beside a message, and does not end it. */
const asides: ReadonlySet<EventBody['type']> = new Set<EventBody['type']>([
  'usage',
  'progress',
  'warning',
  'output',
]);
/** Whatever could drive the terminal in which a log is read; lines and tabs may stay. */
const controls = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g;

/** Follows the events of an attempt, and knows what its agent said last. */
export class LastMessage {
  #text = '';
  #open = false;

  take(events: readonly EventBody[]): void {
    for (const event of events) {
      if (event.type === 'message' && event.role === 'agent') {
        // Some agents close a turn with an empty piece.
        if (!this.#open && event.text.trim() === '') continue;
        if (!this.#open) this.#text = '';
        this.#open = true;
        if (this.#text.length < longestMessage) this.#text += event.text.slice(0, longestMessage);
      } else if (!asides.has(event.type)) {
        this.#open = false;
      }
    }
  }

  /** Markdown, as it came; `''` when nothing was said. */
  get text(): string {
    return this.#text;
  }
}

/**
 * The message of the commit of a task: what its agent said last, else the task's title. The first line is the
 * subject, without the marks of a heading, which git's editors would take for a comment. One that is too long is
 * cut at a word, and all of it follows below.
 */
export function commitMessage(task: { readonly id: string; readonly title: string }, said: string): string {
  const text = printable(said) || printable(task.title);
  const [first = '', ...rest] = text.split('\n');
  const heading = first.replace(/^#{1,6}\s+/, '').trim();
  const subject = shorten(heading);
  const body = subject === heading ? rest.join('\n').trim() : text;
  return [subject, ...(body === '' ? [] : [body]), `prefish task ${task.id}\n`].join('\n\n');
}

function printable(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').replaceAll(controls, '').trim();
}

function shorten(line: string): string {
  const characters = [...line];
  if (characters.length <= longestSubject) return line;
  const space = characters.lastIndexOf(' ', longestSubject - 1);
  // A word of half a line is cut like any other text without spaces.
  const kept = characters.slice(0, space > longestSubject / 2 ? space : longestSubject - 1);
  return `${kept.join('').trimEnd()}…`;
}
