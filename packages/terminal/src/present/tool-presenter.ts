import type { Event } from '@prefish/core';
import { sanitize, sanitizeLabel, type Style } from '@prefish/screen';

type ToolEvent = Event & { readonly type: 'tool' };

/** So many calls are remembered, so that a flood of them fills no memory. */
const rememberedCalls = 500;
/** So much of a diff, and of what a failed call printed, is shown. */
const diffLines = 40;
const outputLines = 10;

const marks: Readonly<Record<string, string>> = {
  pending: '·',
  in_progress: '·',
  completed: '✓',
  failed: '✗',
};

/**
 * Shows what an agent does, one line for each change of status, and the changes to files below it. Where somebody
 * draws the calls that run, they are a line once they have ended, and those that ask, before.
 */
export class ToolPresenter {
  readonly #style: Style;
  readonly #isDrawn: () => boolean;
  /** The calls that run, and were left to be drawn. */
  readonly #drawn = new Map<string, ToolEvent>();
  /** What was shown of each call last: its mark, and its diff. */
  readonly #shown = new Map<
    string,
    { readonly mark: string | undefined; readonly diff: string | undefined }
  >();

  /** @param isDrawn whether calls that run are drawn elsewhere, and gone when they have ended */
  constructor(style: Style, isDrawn: () => boolean = () => false) {
    this.#style = style;
    this.#isDrawn = isDrawn;
  }

  /** What is new about the call; nothing when nothing is. */
  present(call: ToolEvent): string | undefined {
    const { task, id, title, status, detail } = call;
    const key = `${task ?? ''}/${id}`;
    this.#drawn.delete(key);
    if (status === 'in_progress' && this.#isDrawn()) {
      this.#drawn.set(key, call);
      if (this.#drawn.size > rememberedCalls) this.#drawn.delete(this.#drawn.keys().next().value!);
      return undefined;
    }
    const before = this.#shown.get(key);
    const { diff, output } = textsOf(detail);
    const isNewDiff = diff !== undefined && diff !== before?.diff;
    const mark = marks[status] ?? status;
    const isNews = mark !== before?.mark && (status !== 'pending' || isNewDiff);
    this.#shown.delete(key);
    this.#shown.set(key, { mark: isNews ? mark : before?.mark, diff: diff ?? before?.diff });
    if (this.#shown.size > rememberedCalls) this.#shown.delete(this.#shown.keys().next().value!);
    const rows = [
      ...(isNews ? [this.#line(title, status)] : []),
      ...(isNewDiff ? this.#diff(diff, diffLines) : []),
      ...(isNews && status === 'failed' && output !== undefined ? this.#output(output, outputLines) : []),
    ];
    return rows.length === 0 ? undefined : rows.join('\n');
  }

  /** The line has ended: the calls that were drawn, and have not. */
  rest(): string | undefined {
    const calls = [...this.#drawn.values()];
    this.#drawn.clear();
    return calls.length === 0 ? undefined : calls.map((call) => this.whole(call, false)).join('\n');
  }

  /**
   * The call as it is: its changes, and what it printed where it failed; open whole, and whatever it printed. `''`
   * for one that has not begun and changes nothing yet: what it waits for is asked beside it.
   */
  whole({ title, status, detail }: ToolEvent, isOpen: boolean): string {
    const { diff, output } = textsOf(detail);
    if (status === 'pending' && diff === undefined) return '';
    const showsOutput = output !== undefined && (isOpen || status === 'failed');
    return [
      this.#line(title, status),
      ...(diff === undefined ? [] : this.#diff(diff, isOpen ? Infinity : diffLines)),
      ...(showsOutput ? this.#output(output, isOpen ? Infinity : outputLines) : []),
    ].join('\n');
  }

  #line(title: string, status: string): string {
    const { dim, green, red } = this.#style;
    const label = sanitizeLabel(title);
    if (status === 'failed') return `${red('✗')} ${label}`;
    if (status === 'completed') return `${green('✓')} ${dim(label)}`;
    return dim(marks[status] === undefined ? `· ${label} (${sanitizeLabel(status)})` : `· ${label}`);
  }

  #diff(diff: string, most: number): string[] {
    const rows = sanitize(diff)
      .replaceAll(/^--- .*\n\+\+\+ .*\n(?=@@ )/gm, '')
      .trimEnd()
      .split('\n')
      .map((line) => `  ${this.#diffLine(line)}`);
    return rows.length <= most
      ? rows
      : [...rows.slice(0, most), this.#style.dim(`  … ${rows.length - most} lines more`)];
  }

  #diffLine(line: string): string {
    const { cyan, dim, green, red } = this.#style;
    if (line.startsWith('+')) return green(line);
    if (line.startsWith('-')) return red(line);
    return line.startsWith('@@') ? cyan(line) : dim(line);
  }

  #output(output: string, most: number): string[] {
    const lines = sanitize(output).trimEnd().split('\n');
    const left = Math.max(0, lines.length - most);
    const rows = lines.slice(left).map((line) => this.#style.dim(`  ${line}`));
    return left === 0 ? rows : [this.#style.dim(`  … ${left} lines before`), ...rows];
  }
}

function textsOf(detail: unknown): { diff: string | undefined; output: string | undefined } {
  const { diff, output } = (detail ?? {}) as { diff?: unknown; output?: unknown };
  return {
    diff: typeof diff === 'string' && diff !== '' ? diff : undefined,
    output: typeof output === 'string' && output.trim() !== '' ? output : undefined,
  };
}
