import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import type { LentTerminal } from '@prefish/core';
import { PrefishError } from '@prefish/protocol';
import { createKeyDecoder, Frame, wrap, wrapWords, type KeyPress, type Style } from '@prefish/screen';

/** What a person said: the value, and the words that stay on the screen. */
export interface Answer<T> {
  readonly value: T;
  readonly said: string;
  /**
   * What a person may type on, out of habit, behind the key that was the answer: the rest of its word,
   * and Enter. It is nobody's. Absent where nothing follows.
   */
  readonly rest?: string;
}

/** A question while it is asked. Knows keys and rows, not where they come from. */
export interface Question<T> {
  readonly message: string;
  /** What stands behind the message until the answer does. */
  readonly hint: string;
  /** What stands below the message, in at most so many rows. */
  below(size: { readonly columns: number; readonly rows: number }): readonly string[];
  /** What is printed above the message where nothing is drawn twice. */
  printed(): readonly string[];
  press(key: KeyPress): Answer<T> | undefined;
  /** Called when Enter can be meant for the question: from now on it takes what is usual, and that is shown. */
  offer?(): void;
  /** What {@link press} made visible behind the message, where nothing is drawn twice. */
  echo?(key: KeyPress): string;
}

/** How questions look. */
export interface QuestionLook {
  readonly style: Style;
  /** Whether rows may be drawn again; else everything is printed once, for screen readers and terminals without a cursor. */
  readonly redraws: boolean;
  /** Whether a line was being typed until a moment ago. */
  readonly typing?: boolean;
  /** What stands above the question while it is asked, in rows of at most `columns`. */
  readonly above?: (columns: number) => readonly string[];
}

/** So long, in milliseconds, a question that came while somebody typed stands there without a key before Enter alone can be meant for it. */
const untouchedMs = 700;
/** Within so many milliseconds, keys are the rest of the word that was the answer. */
const restMs = 250;
/** For so long, in milliseconds, what was typed before the question stood there is read off. */
const earlyMs = 25;
/** What is longer, in bytes, was pasted. */
const longestTyped = 1024;
/** Ctrl+C. */
const interrupt = 0x03;

/**
 * Asks, until there is an answer. Esc and Ctrl+C reject with `PREFISH_INTERRUPTED`. What was typed before the question
 * stood there was meant for something else: it is given back.
 */
export async function askQuestion<T>(
  terminal: LentTerminal,
  question: Question<T>,
  look: QuestionLook,
): Promise<T> {
  const keys = new Keys(terminal);
  const wasTyping = await keys.early();
  return new Promise((resolve, reject) => {
    let isOver = false;
    let untouched: NodeJS.Timeout | undefined;
    const offerSoon = (): void => {
      clearTimeout(untouched);
      untouched = setTimeout(() => {
        question.offer?.();
        paper.update();
      }, untouchedMs);
    };
    if (look.typing === true || wasTyping) offerSoon();
    else question.offer?.();
    const paper = look.redraws ? drawn(terminal, question, look) : printed(terminal, question, look.style);
    /** The answer, while the rest of its word may follow. */
    let given: { readonly value: T; rest: string; readonly timer: NodeJS.Timeout } | undefined;
    const end = (): void => {
      isOver = true;
      clearTimeout(untouched);
      decoder.close();
    };
    const resolveGiven = (): void => {
      if (given === undefined) return;
      clearTimeout(given.timer);
      resolve(given.value);
    };
    const decoder = createKeyDecoder((key) => {
      if (isOver) return;
      if (key.name === 'escape' || (key.ctrl && (key.name === 'c' || key.name === 'd'))) {
        end();
        paper.finish('');
        reject(notAnswered());
        return;
      }
      const answer = question.press(key);
      if (answer === undefined) {
        offerSoon();
        return paper.update(key);
      }
      end();
      paper.finish(answer.said);
      const { value, rest } = answer;
      if (rest === undefined) resolve(value);
      else given = { value, rest, timer: setTimeout(() => resolve(value), restMs) };
    });
    /** Whether the byte belongs to the word that was the answer. Enter is its last one. */
    const isRest = (byte: number): boolean => {
      if (given === undefined) return false;
      const isReturn = byte === 0x0d;
      if (!isReturn && String.fromCharCode(byte).toLowerCase() !== given.rest[0]) return false;
      given.rest = given.rest.slice(1);
      given.timer.refresh();
      if (isReturn) {
        resolveGiven();
        given = undefined;
      }
      return true;
    };
    /** Key by key: what was typed behind the answer is for the line. */
    const take = (data: Buffer): void => {
      const step = data.length > longestTyped ? data.length : 1;
      for (let at = 0; at < data.length; at += step) {
        if (!isOver) decoder.feed(data.subarray(at, at + step));
        else if (!isRest(data[at]!)) {
          resolveGiven();
          return terminal.unread?.(data.subarray(at));
        }
      }
    };
    keys.take = take;
    terminal.onResize(() => paper.update());
  });
}

/** What is typed: first for something else, then for the question. */
class Keys {
  readonly #terminal: LentTerminal;
  readonly #early: Buffer[] = [];
  take: (data: Buffer) => void = (data) => void this.#early.push(data);

  constructor(terminal: LentTerminal) {
    this.#terminal = terminal;
    terminal.onInput((data) => this.take(data));
  }

  /** Reads off what was typed before. Resolves with whether there was something. @throws PREFISH_INTERRUPTED */
  async early(): Promise<boolean> {
    await delay(earlyMs);
    // On a busy machine the time may have passed without a look at what there is to read.
    await setImmediate();
    const early = Buffer.concat(this.#early);
    if (early.includes(interrupt)) throw notAnswered();
    if (early.length > 0) this.#terminal.unread?.(early);
    return early.length > 0;
  }
}

function notAnswered(): PrefishError {
  return new PrefishError('PREFISH_INTERRUPTED', 'The question was not answered');
}

/** Where a question is shown. */
interface Paper {
  update(key?: KeyPress): void;
  finish(said: string): void;
}

function drawn<T>(terminal: LentTerminal, question: Question<T>, { style, above }: QuestionLook): Paper {
  const frame = new Frame({
    write: (data) => void terminal.write(data),
    size: () => ({ columns: terminal.columns, rows: terminal.rows }),
  });
  const asked = (behind: string): string[] =>
    `${style.cyan('?')} ${question.message} ${behind}`
      .trimEnd()
      .split('\n')
      .flatMap((line) => wrapWords(line, terminal.columns))
      .flatMap((row) => wrap(row, terminal.columns));
  const update = (): void => {
    const shown = [...(above?.(terminal.columns) ?? []), ...asked(style.dim(question.hint))];
    const rows = shown.slice(-Math.max(1, terminal.rows - 2));
    const size = { columns: terminal.columns, rows: Math.max(1, terminal.rows - 1 - rows.length) };
    frame.render([...rows, ...question.below(size)]);
  };
  update();
  return {
    update,
    finish(said) {
      frame.render(asked(said));
      frame.finish();
    },
  };
}

function printed<T>(terminal: LentTerminal, question: Question<T>, style: Style): Paper {
  const lines = [...question.printed(), `${style.cyan('?')} ${question.message} ${question.hint} `];
  terminal.write(lines.join('\n').replaceAll('\n', '\r\n'));
  return {
    update(key) {
      const echo = key === undefined ? '' : (question.echo?.(key) ?? '');
      if (echo !== '') terminal.write(echo);
    },
    finish: (said) => void terminal.write(`${said}\r\n`),
  };
}
