import type { Event, TaskState } from '@prefish/protocol';
import { signal } from '@preact/signals';
import type { Block, PlanBlock, ProgressBlock, QuestionBlock, TextBlock, ToolBlock } from './blocks.ts';
import { OutputLines } from './output-lines.ts';

/** How many blocks, and characters of text, are kept. What came before is in the raw log. */
const mostBlocks = 200_000;
const mostText = 64 * 2 ** 20;
/** What is kept of one message or tool, in characters. */
const longestText = 2 ** 20;

/** The events of a task as the parts that are shown. Each is taken once, in order. */
export class Transcript {
  /** Rises with every drawing. */
  readonly version = signal(0);
  blocks: Block[] = [];
  /** How many blocks were let go at the beginning. */
  dropped = 0;
  /** The last event taken. */
  last = 0;
  /** What the models have cost so far. */
  readonly usage = signal<{ readonly tokens?: number; readonly cost?: number } | undefined>(undefined);
  #attempt = 0;
  #before: TaskState | undefined;
  #key = 0;
  #text = 0;
  readonly #outputs = { stdout: new OutputLines(), stderr: new OutputLines() };
  readonly #tools = new Map<string, ToolBlock>();
  readonly #questions = new Map<string, QuestionBlock>();
  readonly #progress = new Map<string, ProgressBlock>();
  #plan: PlanBlock | undefined;

  /** Takes what has arrived together; what was taken before is passed over. */
  take(events: readonly Event[]): void {
    for (const event of events) {
      if (event.seq <= this.last) continue;
      this.last = event.seq;
      this.#take(event);
    }
    this.#forgetOldest();
  }

  /** Has what was taken drawn. */
  draw(): void {
    this.version.value++;
  }

  #take(event: Event): void {
    switch (event.type) {
      case 'output': {
        const { stream, text } = event;
        this.#text += text.length;
        const own = this.#outputs[stream];
        if (this.blocks.at(-1) !== own.block) own.interrupt();
        own.add(text, (style) =>
          this.#add({ kind: 'output', key: this.#key++, stream, style, lines: [], revision: 0 }),
        );
        return;
      }
      case 'message':
      case 'thought':
        this.#say(event.type, event.type === 'message' ? event.role : 'agent', event.text);
        return;
      case 'tool': {
        this.#text += 1000;
        const known = this.#tools.get(event.id);
        if (known !== undefined) known.event = { ...known.event, ...event };
        else this.#tools.set(event.id, this.#add({ kind: 'tool', key: this.#key++, event }));
        return;
      }
      case 'plan':
        if (this.#plan !== undefined) this.#plan.entries = event.entries;
        else this.#plan = this.#add({ kind: 'plan', key: this.#key++, entries: event.entries });
        return;
      case 'question':
        this.#questions.set(event.id, this.#add({ kind: 'question', key: this.#key++, event }));
        return;
      case 'answer': {
        const question = this.#questions.get(event.id);
        if (question !== undefined) question.answer = event;
        return;
      }
      case 'progress': {
        const known = this.#progress.get(event.what);
        if (known !== undefined) known.event = event;
        else this.#progress.set(event.what, this.#add({ kind: 'progress', key: this.#key++, event }));
        return;
      }
      case 'usage':
        this.usage.value = { ...this.usage.value, ...event };
        return;
      case 'state':
        this.#state(event);
        return;
      case 'result':
      case 'exit':
      case 'warning':
      case 'error':
        this.#add({ kind: 'note', key: this.#key++, event });
        return;
      default:
      // A type that a newer server knows.
    }
  }

  #state(event: Extract<Event, { readonly type: 'state' }>): void {
    const begins = event.state === 'working' && this.#before !== 'input-required';
    if (begins) {
      this.#attempt++;
      this.#plan = undefined;
    }
    this.#before = event.state;
    // The question itself is to be seen.
    if (event.state === 'input-required' || (event.state === 'working' && !begins)) return;
    this.#add({ kind: 'note', key: this.#key++, event, ...(begins && { attempt: this.#attempt }) });
  }

  #say(kind: TextBlock['kind'], role: TextBlock['role'], text: string): void {
    this.#text += text.length;
    const last = this.blocks.at(-1);
    if (role === 'agent' && last?.kind === kind && (last as TextBlock).role === role) {
      const block = last as TextBlock;
      if (block.text.length < longestText) block.text += text;
      return;
    }
    if (role === 'user') this.#plan = undefined;
    this.#add({ kind, key: this.#key++, role, text: text.slice(0, longestText) });
  }

  #add<B extends Block>(block: B): B {
    this.blocks.push(block);
    return block;
  }

  #forgetOldest(): void {
    if (this.blocks.length <= mostBlocks && this.#text <= mostText) return;
    const gone = Math.ceil(this.blocks.length / 4);
    this.blocks = this.blocks.slice(gone);
    this.dropped += gone;
    this.#text *= 0.75;
  }
}
