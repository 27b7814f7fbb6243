import type { Event } from '@prefish/core';
import { formatDuration, sanitizeLabel, truncate, type Style } from '@prefish/screen';

const spinner = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
/** What Esc does to the line; to one that follows what runs elsewhere, as a task does. */
const hints = { own: ' · Esc stops', elsewhere: ' · Esc leaves it running' };
const shortest = '⠋ working';
/** So many calls are remembered, so that a flood of them fills no memory. */
const rememberedCalls = 100;

/** What a line that runs does now: one row, from the events that it gives. */
export class RunningStatus {
  readonly #style: Style;
  readonly #since = performance.now();
  /** The titles of the tools that run, by their ids. */
  readonly #tools = new Map<string, string>();
  #thinks = false;
  /** The line follows a task that has not begun. */
  #waits = false;
  /** The line follows a task, which goes on without it. */
  #follows = false;
  #stopping = false;
  #turns = 0;

  constructor(style: Style) {
    this.#style = style;
  }

  /** Takes note of an event. */
  observe(event: Event): void {
    this.#thinks = event.type === 'thought';
    if (event.task !== undefined) this.#follows = true;
    if (event.type === 'state') this.#waits = event.state === 'submitted';
    if (event.type !== 'tool') return;
    const key = `${event.task ?? ''}/${event.id}`;
    this.#tools.delete(key);
    if (event.status === 'completed' || event.status === 'failed') return;
    this.#tools.set(key, event.title);
    if (this.#tools.size > rememberedCalls) this.#tools.delete(this.#tools.keys().next().value!);
  }

  /** The line was told to stop. */
  stop(): void {
    this.#stopping = true;
  }

  /** Shows that it is alive: the next picture of the spinner. */
  turn(): void {
    this.#turns++;
  }

  row(columns: number): string {
    const { cyan, dim } = this.#style;
    const elapsed = formatDuration(performance.now() - this.#since);
    const hinted = ` ${elapsed}${this.#stopping ? '' : hints[this.#follows ? 'elsewhere' : 'own']}`;
    const end = columns < shortest.length + hinted.length ? ` ${elapsed}` : hinted;
    const what = truncate(this.#what(), Math.max(1, columns - 2 - end.length));
    return `${cyan(spinner[this.#turns % spinner.length]!)} ${what}${dim(end)}`;
  }

  #what(): string {
    if (this.#stopping) return this.#follows ? 'leaving it' : 'stopping';
    const tool = [...this.#tools.values()].at(-1);
    if (tool !== undefined) return sanitizeLabel(tool);
    if (this.#waits) return 'waiting';
    return this.#thinks ? 'thinking' : 'working';
  }
}
