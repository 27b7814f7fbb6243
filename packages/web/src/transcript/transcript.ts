import { isFinal, type Event, type TaskState } from '@prefish/protocol';
import { sanitizeLabel } from '@prefish/screen';
import { signal } from '@preact/signals';
import type { Block, PlanBlock, ProgressBlock, QuestionBlock, TextBlock, ToolBlock } from './blocks.ts';
import { cutText } from './long-text.ts';
import { OutputLines } from './output-lines.ts';

/** How many blocks, and characters of text, are kept. What came before is in the raw log. */
const mostBlocks = 200_000;
const mostText = 64 * 2 ** 20;
/** So many blocks before a question, the call is looked for that it asks for. */
const near = 10;

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
  /** What was sent to the task, and what of it waits for the line. */
  readonly #sent: TextBlock[] = [];
  #waiting: TextBlock[] = [];

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
        this.#say(event);
        return;
      case 'turn':
        this.#turn();
        return;
      case 'tool': {
        this.#text += 1000;
        const known = this.#tools.get(event.id);
        if (known !== undefined) known.event = { ...known.event, ...event };
        else this.#tools.set(event.id, this.#add({ kind: 'tool', key: this.#key++, event, asked: false }));
        return;
      }
      case 'plan':
        if (this.#plan !== undefined) this.#plan.entries = event.entries;
        else this.#plan = this.#add({ kind: 'plan', key: this.#key++, entries: event.entries });
        return;
      case 'question':
        this.#ask(event);
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
      // An attempt is told again what was said to those before it.
      this.#setWaiting([...this.#sent]);
    }
    this.#before = event.state;
    if (event.state === 'submitted' || isFinal(event.state)) this.#endAttempt();
    // The question itself is to be seen.
    if (event.state === 'input-required' || (event.state === 'working' && !begins)) return;
    this.#add({ kind: 'note', key: this.#key++, event, ...(begins && { attempt: this.#attempt }) });
  }

  /** Nobody can answer an attempt that is over, and what it did not take up waits for the next. */
  #endAttempt(): void {
    for (const question of this.#questions.values()) question.over = true;
    this.#questions.clear();
    if (this.#before !== 'submitted') this.#setWaiting([]);
  }

  #ask(event: QuestionBlock['event']): void {
    const tool = this.blocks
      .slice(-near)
      .findLast((block) => block.kind === 'tool' && sanitizeLabel(block.event.title) === event.text);
    const asked = tool?.kind === 'tool' ? tool : undefined;
    if (asked !== undefined) asked.asked = true;
    const question: QuestionBlock = { kind: 'question', key: this.#key++, event, tool: asked, over: false };
    this.#questions.set(event.id, this.#add(question));
  }

  #say(event: Extract<Event, { readonly type: 'message' | 'thought' }>): void {
    const { type: kind, text } = event;
    const role = event.type === 'message' ? event.role : 'agent';
    this.#text += text.length;
    const last = this.blocks.at(-1);
    if (role === 'agent' && last?.kind === kind && (last as TextBlock).role === role) {
      (last as TextBlock).text += text;
      this.#cut(last as TextBlock);
      return;
    }
    const waits = event.type === 'message' && event.waits === true;
    if (role === 'user' && !waits) this.#plan = undefined;
    const said = this.#add<TextBlock>({ kind, key: this.#key++, role, continues: false, text, waits });
    if (waits) {
      this.#sent.push(said);
      this.#waiting.push(said);
    }
    this.#cut(said);
  }

  /** A long text is several blocks, of which those that are seen are drawn. */
  #cut(block: TextBlock): void {
    const { kind, role } = block;
    let last = block;
    for (let cut = cutText(last.text); cut !== undefined; cut = cutText(last.text)) {
      last.text = cut.part;
      last = this.#add<TextBlock>({
        kind,
        key: this.#key++,
        role,
        continues: true,
        text: cut.rest,
        waits: false,
      });
    }
  }

  #turn(): void {
    this.#plan = undefined;
    const message = this.#waiting.shift();
    if (message === undefined) return;
    message.waits = false;
    const last = this.blocks.at(-1);
    if (last !== message) this.#add({ kind: 'turn', key: this.#key++, message: message.text });
  }

  #setWaiting(messages: TextBlock[]): void {
    for (const message of this.#waiting) message.waits = false;
    for (const message of messages) message.waits = true;
    this.#waiting = messages;
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
