import type { Event, EventBody, PlanEntry } from '@prefish/protocol';

type ToolCall = Extract<EventBody, { readonly type: 'tool' }>;

/** So many calls are kept until they have ended, and so many characters of them: a flood of them fills no memory. */
const mostOpen = { calls: 500, length: 4 * 2 ** 20 };

const planMarks: Readonly<Record<PlanEntry['status'], string>> = {
  pending: '○',
  'in-progress': '◐',
  completed: '●',
};

/**
 * A transcript as text: what programs have written as it is, to the byte, and in between what was said and done, in
 * the words of `prefish tasks logs`. Of a task whose programs alone speak it is what they have written.
 */
export class LogText {
  /** The text of each call that has not ended, by its id. */
  readonly #calls = new Map<string, string>();
  #callsLength = 0;
  /** What the text ends with goes on: a message, a thought or a line of a program. */
  #open: 'message' | 'thought' | 'output' | undefined;
  #atLineStart = true;

  /** What an event adds. */
  add(event: Event): string {
    switch (event.type) {
      case 'output':
        return this.#said('output', event.text);
      case 'message':
        return event.role === 'agent' ? this.#said('message', event.text) : this.#line(`> ${event.text}`);
      case 'thought':
        return this.#said('thought', event.text);
      case 'plan':
        return this.#line(event.entries.map(({ text, status }) => `${planMarks[status]} ${text}`).join('\n'));
      case 'tool':
        return this.#tool(event);
      case 'question':
        return this.#line([`? ${event.text}`, ...event.choices.map((choice) => `  ${choice}`)].join('\n'));
      case 'turn':
        return this.#break();
      case 'answer':
        return this.#line(`→ ${event.choice}`);
      case 'warning':
      case 'error':
        return this.#line(
          [`${event.type}: ${event.message}`, ...(event.hint === undefined ? [] : [`  ${event.hint}`])].join(
            '\n',
          ),
        );
      case 'state':
        return event.state === 'submitted' && event.seq > 1
          ? this.#line(`· submitted again${event.reason === undefined ? '' : ` (${event.reason})`}`)
          : '';
      default:
        return '';
    }
  }

  /** The calls that have not ended, when no more is said of them. */
  end(): string {
    const calls = [...this.#calls.values()].map((text) => this.#line(text));
    this.#calls.clear();
    this.#callsLength = 0;
    return calls.join('');
  }

  #said(kind: 'message' | 'thought' | 'output', text: string): string {
    if (text === '') return '';
    const before = this.#open === kind ? '' : this.#break();
    this.#open = kind;
    this.#atLineStart = text.endsWith('\n');
    return before + text;
  }

  #line(text: string): string {
    return text === '' ? '' : `${this.#break()}${text.replace(/\n+$/, '')}\n`;
  }

  /** Ends what is open. */
  #break(): string {
    const end = this.#atLineStart ? '' : '\n';
    this.#open = undefined;
    this.#atLineStart = true;
    return end;
  }

  #tool(call: ToolCall): string {
    this.#callsLength -= this.#calls.get(call.id)?.length ?? 0;
    this.#calls.delete(call.id);
    const text = callText(call);
    if (call.status === 'completed' || call.status === 'failed') return this.#line(text);
    const isFull = this.#calls.size >= mostOpen.calls || this.#callsLength + text.length > mostOpen.length;
    const before = isFull ? this.end() : '';
    this.#calls.set(call.id, text);
    this.#callsLength += text.length;
    return before;
  }
}

/** What was called, what it changed, and what it printed. */
function callText({ title, status, detail }: ToolCall): string {
  const mark = status === 'completed' ? '✓' : status === 'failed' ? '✗' : '·';
  const { diff, output } = (typeof detail === 'object' ? (detail ?? {}) : {}) as Readonly<
    Record<string, unknown>
  >;
  return [`${mark} ${title}`, ...indented(diff), ...indented(output)].join('\n');
}

function indented(text: unknown): readonly string[] {
  if (typeof text !== 'string' || text.trim() === '') return [];
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`);
}
