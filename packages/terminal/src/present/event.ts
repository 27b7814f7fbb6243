import type { Event } from '@prefish/core';
import {
  createSanitizer,
  sanitize,
  sanitizeLabel,
  wrapWords,
  type Sanitizer,
  type Style,
} from '@prefish/screen';
import { formatError } from './error.ts';
import type { MarkdownExtras } from './markdown/extras.ts';
import { MarkdownStream } from './markdown-stream.ts';
import { PaintedStream, PlainStream, type TextStream } from './text-stream.ts';
import { ToolPresenter } from './tool-presenter.ts';

/** Text for one of the two streams. */
export interface Presented {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  /** It goes on where the text before it ended. */
  readonly continues?: boolean;
}

/** A message or a thought that more may be added to. */
interface OpenText {
  readonly type: 'message' | 'thought';
  readonly task: string | undefined;
  readonly stream: 'stdout' | 'stderr';
  readonly sanitizer: Sanitizer;
  readonly text: TextStream;
}

/**
 * Turns events into what a person reads. The output of a line that runs here is passed as it is: it
 * is the user's own terminal. Everything of an agent and of a background task is sanitised, what comes
 * in pieces as a stream.
 *
 * What an agent answers goes to standard output; what it thinks and does beside that, for a line that
 * runs here, to standard error: `prefish -c 'summarise this' > summary.md` holds the summary.
 */
export class EventPresenter {
  readonly #style: Style;
  readonly #columns: (() => number | undefined) | undefined;
  readonly #sanitizers = new Map<string, Sanitizer>();
  readonly #tools: ToolPresenter;
  #open: OpenText | undefined;
  #extras: MarkdownExtras | undefined;
  #loading: Promise<void> | undefined;
  #usage: string | undefined;

  /**
   * @param columns how wide the screen is; absent where no person watches
   * @param drawsCalls whether the calls of an agent that run are drawn below what is printed
   */
  constructor(style: Style, columns?: () => number | undefined, drawsCalls?: () => boolean) {
    this.#style = style;
    this.#columns = columns;
    this.#tools = new ToolPresenter(style, drawsCalls);
  }

  /** What is to be printed now, in order. */
  present(event: Event): readonly Presented[] {
    if (event.type === 'message' && event.role === 'agent') return this.#streamed(event);
    if (event.type === 'thought') return this.#streamed(event);
    const presented = this.#present(event);
    if (presented === undefined && event.type !== 'exit' && event.type !== 'turn') return [];
    const rest = event.type === 'exit' && event.task === undefined ? this.#tools.rest() : undefined;
    const left = rest === undefined ? [] : [line(rest, 'stderr')];
    if (presented === undefined) return [...this.close(), ...left];
    const isProse = /^(?:message|question|warning|error)$/.test(event.type);
    const text = isProse ? this.folded(presented.text) : presented.text;
    return [...this.close(), ...left, { ...presented, text }];
  }

  /** Words for people, broken between them where somebody watches. */
  folded(text: string): string {
    const columns = this.#columns?.();
    if (columns === undefined) return text;
    return text
      .split('\n')
      .flatMap((row) => wrapWords(row, columns))
      .join('\n');
  }

  /** The end of the message or thought that is open: for when something else is to be shown. */
  close(): readonly Presented[] {
    const open = this.#open;
    if (open === undefined) return [];
    this.#open = undefined;
    const text = open.text.end();
    return text === '' ? [] : [{ stream: open.stream, text, continues: true }];
  }

  #present(event: Event): Presented | undefined {
    const style = this.#style;
    switch (event.type) {
      case 'output':
        return { stream: event.stream, text: this.#output(event) };
      case 'message':
        // A line that was typed here is on the screen already.
        return event.task === undefined ? undefined : line(`${style.cyan('>')} ${sanitize(event.text)}`);
      case 'tool': {
        const text = this.#tools.present(event);
        return text === undefined ? undefined : line(text, aside(event));
      }
      case 'plan': {
        const rows = event.entries.map(({ text, status }) => `${marks[status]} ${sanitizeLabel(text)}`);
        return rows.length === 0 ? undefined : line(rows.join('\n'), aside(event));
      }
      case 'question':
        return line(
          [`? ${sanitize(event.text)}`, ...event.choices.map((choice) => `  ${sanitizeLabel(choice)}`)].join(
            '\n',
          ),
        );
      case 'progress':
        return this.#progress(event);
      case 'usage':
        if (event.task === undefined) this.#usage = usageText(event);
        return undefined;
      case 'warning':
      case 'error':
        return { stream: 'stderr', text: formatError(event, style) };
      case 'exit':
        if (event.task !== undefined) return this.#forget(event.task);
        return this.#takeUsage();
      default:
        return undefined;
    }
  }

  /** Loads what answers are shown with beside words. On its way by itself once an agent does anything. */
  prepare(): Promise<void> {
    this.#loading ??= this.#loadExtras();
    return this.#loading;
  }

  /** An address, as a link where the terminal knows such. Plain before what answers are shown with has been loaded. */
  link(url: string): string {
    const link = this.#extras?.showLink(url, url);
    return link === undefined ? url : link.paint(link.text);
  }

  async #loadExtras(): Promise<void> {
    if (!this.#style.enabled) return;
    try {
      const { createMarkdownExtras } = await import('./markdown/extras.ts');
      this.#extras = createMarkdownExtras(this.#style);
    } catch {
      // Words are enough.
    }
  }

  #streamed(event: Event & { readonly type: 'message' | 'thought' }): readonly Presented[] {
    void this.prepare();
    const continues = this.#open?.type === event.type && this.#open.task === event.task;
    const before = continues ? [] : this.close();
    const open = (this.#open ??= this.#openText(event));
    const safe = open.sanitizer.write(event.text).replaceAll(/\x1b\[[0-9;:]*m/g, '');
    const text = open.text.write(safe);
    return text === '' ? before : [...before, { stream: open.stream, text, continues }];
  }

  #openText(event: Event & { readonly type: 'message' | 'thought' }): OpenText {
    const columns = (): number => this.#columns?.() ?? Infinity;
    const { dim, enabled } = this.#style;
    const isMessage = event.type === 'message';
    return {
      type: event.type,
      task: event.task,
      stream: isMessage ? 'stdout' : aside(event),
      sanitizer: createSanitizer(),
      text: !enabled
        ? new PlainStream()
        : isMessage
          ? new MarkdownStream(this.#style, columns, () => this.#extras)
          : new PaintedStream(dim, columns),
    };
  }

  #output(event: Event & { readonly type: 'output' }): string {
    if (event.task === undefined) return event.text;
    const key = `${event.task}/${event.stream}`;
    let sanitizer = this.#sanitizers.get(key);
    if (sanitizer === undefined) this.#sanitizers.set(key, (sanitizer = createSanitizer()));
    return sanitizer.write(event.text);
  }

  /** A step that is done, in passing: only who watches wants to know. */
  #progress({ what, done, total, task }: Event & { readonly type: 'progress' }): Presented | undefined {
    const isWatched = this.#columns?.() !== undefined;
    if (!isWatched || task !== undefined || done !== total) return undefined;
    return line(this.#style.dim(sanitizeLabel(what)), 'stderr');
  }

  /** What a line has used, when it has ended; a script does not care. */
  #takeUsage(): Presented | undefined {
    const usage = this.#usage;
    this.#usage = undefined;
    const isWatched = this.#columns?.() !== undefined;
    return usage === undefined || !isWatched ? undefined : line(this.#style.dim(usage), 'stderr');
  }

  #forget(task: string): undefined {
    for (const stream of ['stdout', 'stderr']) this.#sanitizers.delete(`${task}/${stream}`);
  }
}

const marks = { pending: '○', 'in-progress': '◐', completed: '●' } as const;

/** Where what is said beside the answer goes. */
function aside({ task }: Event): 'stdout' | 'stderr' {
  return task === undefined ? 'stderr' : 'stdout';
}

function usageText({
  tokens,
  cost,
}: {
  readonly tokens?: number;
  readonly cost?: number;
}): string | undefined {
  const parts = [
    ...(tokens === undefined ? [] : [`${shortNumber(tokens)} tokens`]),
    ...(cost === undefined ? [] : [`$${cost.toFixed(2)}`]),
  ];
  return parts.length === 0 ? undefined : parts.join(' · ');
}

function shortNumber(value: number): string {
  if (value < 1000) return String(value);
  return value < 999_500 ? `${(value / 1000).toFixed(1)}k` : `${(value / 1e6).toFixed(1)}M`;
}

function line(text: string, stream: 'stdout' | 'stderr' = 'stdout'): Presented {
  return { stream, text: text.endsWith('\n') ? text : `${text}\n` };
}
