import type { Event, FoundTask, Task } from '@prefish/core';
import { sanitizeLabel } from '@prefish/screen';
import { isActive } from '../format/task-status.ts';

/** So many transcripts are read at a time: more do not fit on most screens. */
const mostFollowed = 16;

/** What tasks do now: read from the transcripts of those that are looked at. */
export class Activities {
  readonly #signal: AbortSignal;
  readonly #changed: () => void;
  readonly #followed = new Map<string, { readonly stop: AbortController; words: string }>();

  constructor(changed: () => void, signal: AbortSignal) {
    this.#changed = changed;
    this.#signal = signal;
  }

  /** Follows those of these tasks that run, and no others. */
  follow(seen: readonly FoundTask[]): void {
    const active = seen.filter(({ task }) => isActive(task)).slice(0, mostFollowed);
    const wanted = new Set(active.map(({ task }) => task.id));
    for (const [id, { stop }] of this.#followed) {
      if (wanted.has(id)) continue;
      stop.abort();
      this.#followed.delete(id);
    }
    for (const found of active) if (!this.#followed.has(found.task.id)) void this.#read(found);
  }

  /** One line, `''` when nothing is known. */
  of({ id }: Task): string {
    return this.#followed.get(id)?.words ?? '';
  }

  async #read({ task, source }: FoundTask): Promise<void> {
    const followed = { stop: new AbortController(), words: '' };
    this.#followed.set(task.id, followed);
    const signal = AbortSignal.any([this.#signal, followed.stop.signal]);
    const line = new LastLine();
    try {
      for await (const event of source.events?.(task.id, { after: 0, follow: true }, signal) ?? []) {
        const words = event.type === 'output' ? line.take(event.text) : activityWords(event);
        if (words === undefined || words === followed.words) continue;
        followed.words = words;
        this.#changed();
      }
    } catch {
      // A row without it says nothing wrong; the view of the task says what is the matter.
    }
  }
}

/** What an event says of what goes on; `undefined` when nothing. */
function activityWords(event: Event): string | undefined {
  switch (event.type) {
    case 'tool':
      return sanitizeLabel(event.title);
    case 'plan': {
      const current = event.entries.find(({ status }) => status === 'in-progress');
      return current && sanitizeLabel(current.text);
    }
    case 'thought':
      return 'thinking';
    case 'message':
      return event.role === 'agent' ? 'answering' : undefined;
    case 'question':
      return sanitizeLabel(event.text);
    case 'progress':
      return sanitizeLabel(event.what + (event.total === undefined ? '' : ` ${event.done}/${event.total}`));
    default:
      return undefined;
  }
}

/** The last line of a text that comes in pieces, which is not empty. */
class LastLine {
  #unfinished = '';
  #last = '';

  take(text: string): string {
    const lines = (this.#unfinished + text).split('\n');
    this.#unfinished = lines.pop()!.slice(-1000);
    for (const line of [...lines, this.#unfinished].toReversed()) {
      const shown = plain(line);
      if (shown !== '') return (this.#last = shown);
    }
    return this.#last;
  }
}

/** Of a line that was written over, as progress bars are, the last state. */
function plain(line: string): string {
  const shown = line.replace(/\r+$/, '');
  return sanitizeLabel(shown.slice(shown.lastIndexOf('\r') + 1)).trim();
}
