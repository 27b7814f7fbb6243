import type { Event } from '@prefish/core';
import { createSanitizer, sanitize, sanitizeLabel, type Style } from '@prefish/screen';
import { counted } from '../format/counted.ts';

/** How many lines are kept to scroll through; `tasks logs` has them all. */
const maxLines = 20_000;
/** Where a line that does not end is cut, in characters. */
const maxLine = 65_536;

/** What has happened in a task, as lines for people. Everything in it is sanitised. */
export class Transcript {
  readonly #style: Style;
  readonly #sanitizers = { stdout: createSanitizer(), stderr: createSanitizer() };
  readonly #lines: string[] = [];
  #unfinished = '';
  #dropped = 0;

  constructor(style: Style) {
    this.#style = style;
  }

  /** The lines so far. A line that was not ended yet is the last. */
  get lines(): readonly string[] {
    return this.#unfinished === '' ? this.#lines : [...this.#lines, this.#unfinished];
  }

  /** How many lines at the beginning are no longer kept. */
  get dropped(): number {
    return this.#dropped;
  }

  add(event: Event): void {
    const style = this.#style;
    switch (event.type) {
      case 'output':
        return this.#output(this.#sanitizers[event.stream].write(event.text));
      case 'state':
        return this.#say(
          style.dim(
            `· ${event.state}${event.reason === undefined ? '' : ` (${sanitizeLabel(event.reason)})`}`,
          ),
        );
      case 'message':
        return this.#say((event.role === 'user' ? `${style.cyan('>')} ` : '') + sanitize(event.text));
      case 'thought':
        return this.#say(style.dim(sanitizeLabel(event.text)));
      case 'tool':
        return this.#say(style.dim(`· ${sanitizeLabel(event.title)} ${sanitizeLabel(event.status)}`));
      case 'plan':
        return this.#say(
          event.entries
            .map(({ text, status }) => `${status === 'completed' ? '●' : '○'} ${sanitizeLabel(text)}`)
            .join('\n'),
        );
      case 'question':
        return this.#say(
          `${style.yellow('?')} ${sanitize(event.text)} ${style.dim(`(${event.choices.map(sanitizeLabel).join(' / ')})`)}`,
        );
      case 'answer':
        return this.#say(style.dim(`· answered ${sanitizeLabel(event.choice)}`));
      case 'result':
        return this.#say(
          style.dim(`· changed ${counted(event.files, 'file')}, +${event.insertions} −${event.deletions}`),
        );
      case 'exit':
        return this.#say(
          style.dim('code' in event ? `· exit ${event.code}` : `· killed by ${sanitizeLabel(event.signal)}`),
        );
      case 'warning':
      case 'error':
        return this.#complain(event);
      case 'progress':
      case 'usage':
    }
  }

  /** Says something that is no event of the task: that its transcript broke off. */
  note(text: string): void {
    this.#say(this.#style.yellow(`! ${sanitizeLabel(text)}`));
  }

  #complain({ type, message, hint }: { type: 'warning' | 'error'; message: string; hint?: string }): void {
    const color = type === 'error' ? this.#style.red : this.#style.yellow;
    this.#say(`${color(`${type}:`)} ${sanitize(message)}`);
    if (hint !== undefined) this.#say(`  hint: ${sanitize(hint)}`);
  }

  #output(text: string): void {
    const lines = (this.#unfinished + text).split('\n');
    this.#unfinished = lines.pop()!;
    this.#push(lines);
    if (this.#unfinished.length > maxLine) this.#output('\n');
  }

  #say(text: string): void {
    if (this.#unfinished !== '') this.#output('\n');
    this.#push(text.split('\n'));
  }

  #push(lines: readonly string[]): void {
    for (const line of lines) this.#lines.push(line);
    // Dropped by the half, so that a flood does not move the array for each of its lines.
    if (this.#lines.length < maxLines * 2) return;
    const over = this.#lines.length - maxLines;
    this.#lines.splice(0, over);
    this.#dropped += over;
  }
}
