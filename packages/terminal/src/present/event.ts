import type { Event } from '@prefish/core';
import { createSanitizer, sanitize, sanitizeLabel, type Sanitizer, type Style } from '@prefish/screen';
import { formatError } from './error.ts';

/** Text for one of the two streams. */
export interface Presented {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/**
 * Turns events into what a person reads. The output of a line that runs here is passed as it is: it
 * is the user's own terminal. Everything of a background task is sanitised, its output as a stream.
 */
export class EventPresenter {
  readonly #style: Style;
  readonly #sanitizers = new Map<string, Sanitizer>();

  constructor(style: Style) {
    this.#style = style;
  }

  present(event: Event): Presented | undefined {
    const style = this.#style;
    switch (event.type) {
      case 'output':
        return { stream: event.stream, text: this.#output(event) };
      case 'message':
        return line(sanitize(event.text));
      case 'thought':
        return line(style.dim(sanitize(event.text)));
      case 'tool':
        return line(style.dim(`· ${sanitizeLabel(event.title)} ${sanitizeLabel(event.status)}`));
      case 'plan':
        return line(
          event.entries.map(({ text, status }) => `${marks[status]} ${sanitizeLabel(text)}`).join('\n'),
        );
      case 'question':
        return line(
          [`? ${sanitize(event.text)}`, ...event.choices.map((choice) => `  ${sanitizeLabel(choice)}`)].join(
            '\n',
          ),
        );
      case 'warning':
      case 'error':
        return { stream: 'stderr', text: formatError(event, style) };
      case 'exit':
        if (event.task !== undefined) this.#forget(event.task);
        return undefined;
      default:
        return undefined;
    }
  }

  #output(event: Event & { readonly type: 'output' }): string {
    if (event.task === undefined) return event.text;
    const key = `${event.task}/${event.stream}`;
    let sanitizer = this.#sanitizers.get(key);
    if (sanitizer === undefined) this.#sanitizers.set(key, (sanitizer = createSanitizer()));
    return sanitizer.write(event.text);
  }

  #forget(task: string): void {
    for (const stream of ['stdout', 'stderr']) this.#sanitizers.delete(`${task}/${stream}`);
  }
}

const marks = { pending: '○', 'in-progress': '◐', completed: '●' } as const;

function line(text: string): Presented {
  return { stream: 'stdout', text: text.endsWith('\n') ? text : `${text}\n` };
}
