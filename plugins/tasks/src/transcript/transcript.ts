import type { Event, EventRenderer } from '@prefish/core';
import { sanitizeLabel, type Style } from '@prefish/screen';
import type { Lines } from '../view/scroll.ts';
import { eventNote } from './event-note.ts';
import { LineSplitter } from './line-splitter.ts';

/** How much of a transcript is kept at a time: more is read again when someone scrolls there. */
export interface TranscriptLimits {
  readonly events: number;
  /** Of their text, in UTF-16 units. */
  readonly characters: number;
  readonly lines: number;
}

const usualLimits: TranscriptLimits = { events: 20_000, characters: 2 ** 22, lines: 100_000 };

/** What a {@link Transcript} is drawn with. */
export interface TranscriptOptions {
  readonly style: Style;
  readonly limits?: TranscriptLimits | undefined;
  /** Whether tool calls show all that is known of them. */
  readonly isOpen?: boolean;
  /** A tool call has other lines than before: what stood below `line` stands `by` lines further down. */
  readonly moved?: ((line: number, by: number) => void) | undefined;
}

type ToolCall = Event & { readonly type: 'tool' };

/**
 * A part of what has happened in a task, as lines for people: the last events that it was given, up to its limits.
 * A tool call stands once, where it was first to be seen, as it is now.
 */
export class Transcript implements Lines {
  readonly #renderer: EventRenderer;
  readonly #options: TranscriptOptions;
  readonly #limits: TranscriptLimits;
  /** The event with which each call of the present attempt was first to be seen, by the call's id. */
  readonly #calls = new Map<string, number>();
  readonly #splitter = new LineSplitter();
  readonly #events: Event[] = [];
  #characters = 0;
  readonly #lines: string[] = [];
  /** The event that each line came with. */
  readonly #seqs: number[] = [];
  #dropped = 0;

  constructor(renderer: EventRenderer, options: TranscriptOptions) {
    this.#renderer = renderer;
    this.#options = options;
    this.#limits = options.limits ?? usualLimits;
  }

  /** An address as it is shown where it can be followed. */
  link(url: string): string {
    return this.#renderer.link?.(url) ?? sanitizeLabel(url);
  }

  /** Whether tool calls show all that is known of them. */
  get isOpen(): boolean {
    return this.#options.isOpen ?? false;
  }

  /** Whether there are any. */
  get hasToolCalls(): boolean {
    return this.#calls.size > 0;
  }

  /** How many lines at the beginning are no longer kept; they count. */
  get first(): number {
    return this.#dropped;
  }

  get end(): number {
    return this.#dropped + this.#lines.length + (this.#splitter.unfinished === '' ? 0 : 1);
  }

  at(line: number): string {
    return this.#lines[line - this.#dropped] ?? this.#splitter.unfinished;
  }

  /** The first event that is kept; 0 before there is one. */
  get firstSeq(): number {
    return this.#events[0]?.seq ?? 0;
  }

  get lastSeq(): number {
    return this.#events.at(-1)?.seq ?? 0;
  }

  get eventCount(): number {
    return this.#events.length;
  }

  /** Whether it has as much as it keeps: one more event may cost the first. */
  get full(): boolean {
    const { events, characters, lines } = this.#limits;
    return this.#events.length >= events || this.#characters >= characters || this.#lines.length >= lines;
  }

  /** Where a line stands in the transcript, whatever is kept and however wide it is. */
  placeOf(line: number): { readonly seq: number; readonly offset: number } {
    const seq = this.#seqs[line - this.#dropped] ?? this.lastSeq;
    return { seq, offset: line - this.#lineOf(seq) };
  }

  /** The line at such a place, or near it. */
  lineAt({ seq, offset }: { readonly seq: number; readonly offset: number }): number {
    const start = this.#lineOf(seq);
    const next = this.#lineOf(seq + 1);
    return Math.max(start, Math.min(start + offset, next - 1));
  }

  add(event: Event): void {
    this.#events.push(event);
    this.#characters += sizeOf(event);
    this.#draw(event);
    this.#trim();
  }

  /** Says something that is no event of the task: that its transcript breaks off. */
  note(text: string): void {
    this.#say(this.#options.style.yellow(`! ${sanitizeLabel(text)}`), this.lastSeq);
  }

  /** The same events, drawn by another renderer, with their tool calls open or not. */
  drawnBy(renderer: EventRenderer, isOpen: boolean): Transcript {
    const again = new Transcript(renderer, { ...this.#options, isOpen });
    for (const event of this.#events) again.add(event);
    return again;
  }

  #draw(event: Event): void {
    if (event.type === 'tool' && this.#renderer.tool !== undefined) return this.#drawCall(event);
    // Another attempt begins: its calls are its own.
    if (event.type === 'state' && event.state === 'submitted') this.#calls.clear();
    const note = eventNote(event, this.#options.style);
    if (note === undefined) return this.#push(this.#splitter.add(this.#renderer.event(event)), event.seq);
    const text = this.#renderer.end() + this.#renderer.event(event);
    this.#push(this.#splitter.add(text), event.seq);
    this.#say(note, event.seq);
  }

  #drawCall(call: ToolCall): void {
    const began = this.#calls.get(call.id);
    const text = this.#renderer.tool!(call, this.isOpen);
    const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
    if (began !== undefined) return this.#redraw(began, lines);
    if (lines.length === 0) return;
    this.#calls.set(call.id, call.seq);
    const before = this.#splitter.add(this.#renderer.end());
    // Of the event before: a call that is drawn again takes the place of its own lines alone.
    this.#push([...before, ...this.#splitter.finish()], call.seq - 1);
    this.#push(lines, call.seq);
  }

  #redraw(seq: number, lines: readonly string[]): void {
    const [from, end] = [this.#lineOf(seq), this.#lineOf(seq + 1)];
    const start = from - this.#dropped;
    this.#lines.splice(start, end - from, ...lines);
    this.#seqs.splice(start, end - from, ...lines.map(() => seq));
    const by = lines.length - (end - from);
    if (by !== 0) this.#options.moved?.(end, by);
  }

  #say(line: string, seq: number): void {
    this.#push([...this.#splitter.finish(), line], seq);
  }

  #push(lines: readonly string[], seq: number): void {
    for (const line of lines) {
      this.#lines.push(line);
      this.#seqs.push(seq);
    }
  }

  /** The first line that came with this event, or one after it. */
  #lineOf(seq: number): number {
    let [low, high] = [0, this.#seqs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#seqs[middle]! < seq) low = middle + 1;
      else high = middle;
    }
    return this.#dropped + low;
  }

  /** Dropped by the half, so that a flood does not move the arrays for each of its events. */
  #trim(): void {
    const { events, characters, lines } = this.#limits;
    const isOver =
      this.#events.length > events * 2 || this.#characters > characters * 2 || this.#lines.length > lines * 2;
    if (!isOver) return;
    const least = this.#seqs[this.#lines.length - lines] ?? 0;
    let count = 0;
    const last = this.#events.length - 1;
    while (
      count < last &&
      (this.#events.length - count > events ||
        this.#characters > characters ||
        this.#events[count]!.seq < least)
    ) {
      this.#characters -= sizeOf(this.#events[count]!);
      count++;
    }
    this.#events.splice(0, count);
    for (const [id, began] of this.#calls) if (began < this.firstSeq) this.#calls.delete(id);
    const over = this.#lineOf(this.firstSeq) - this.#dropped;
    this.#lines.splice(0, over);
    this.#seqs.splice(0, over);
    this.#dropped += over;
  }
}

/** About how much memory an event takes, in characters. */
function sizeOf(event: Event): number {
  switch (event.type) {
    case 'output':
    case 'message':
    case 'thought':
      return event.text.length;
    case 'tool':
      return JSON.stringify(event.detail ?? '').length + event.title.length;
    default:
      return 0;
  }
}
