import type { Ask, LentTerminal } from '@prefish/core';
import { PrefishError } from '@prefish/protocol';
import { createKeyDecoder, Frame, sanitize, truncate, type KeyPress, type Style } from '@prefish/screen';

/** How questions reach a person. */
export interface AskOptions {
  /** Answer everything with its default. */
  readonly yes: boolean;
  readonly style: Style;
  /** Absent where no person watches. */
  readonly lend?: <T>(use: (terminal: LentTerminal) => Promise<T>) => Promise<T>;
  /** A secret where no person watches: a line of what was piped in. */
  readonly piped?: () => Promise<string>;
}

/** Questions as small menus at the end of the screen. Esc and Ctrl+C reject with `PREFISH_INTERRUPTED`. */
export function createAsk({ yes, style, lend, piped }: AskOptions): Ask {
  const ask = <T>(
    message: string,
    usual: T,
    question: (terminal: LentTerminal) => Promise<T>,
  ): Promise<T> => {
    if (yes) return Promise.resolve(usual);
    if (lend === undefined) return Promise.reject(nobodyThere(message));
    return lend(question);
  };
  return {
    confirm: (message, { default: usual = false } = {}) =>
      ask(message, usual, (terminal) => confirm(terminal, sanitize(message), usual, style)),
    select: (message, choices) => {
      const [first] = choices;
      if (first === undefined) throw new RangeError('select needs at least one choice');
      return ask(message, first, (terminal) => select(terminal, sanitize(message), choices, style));
    },
    secret(message) {
      if (lend !== undefined) return lend((terminal) => secret(terminal, sanitize(message), style));
      return piped?.() ?? Promise.reject(nobodyThere(message));
    },
  };
}

function confirm(terminal: LentTerminal, message: string, usual: boolean, style: Style): Promise<boolean> {
  const question = `${style.cyan('?')} ${message}`;
  return interact(terminal, (frame, answer) => {
    frame.render([`${question} ${style.dim(usual ? '(Y/n)' : '(y/N)')}`]);
    return (key) => {
      const said = key.name === 'return' ? usual : { y: true, n: false }[key.name];
      if (said === undefined) return;
      frame.render([`${question} ${said ? 'yes' : 'no'}`]);
      frame.finish();
      answer(said);
    };
  });
}

function select(
  terminal: LentTerminal,
  message: string,
  choices: readonly string[],
  style: Style,
): Promise<string> {
  const question = `${style.cyan('?')} ${message}`;
  return interact(terminal, (frame, answer) => {
    let selected = 0;
    const draw = (): void => {
      const height = Math.max(1, terminal.rows - 2);
      const first = Math.max(0, Math.min(selected - height + 1, choices.length - height));
      const rows = choices.map((choice, index) => {
        const text = truncate(sanitize(choice), terminal.columns - 2);
        return index === selected ? style.cyan(`> ${text}`) : `  ${text}`;
      });
      frame.render([question, ...rows.slice(first, first + height)]);
    };
    draw();
    terminal.onResize(draw);
    return (key) => {
      if (key.name === 'up' || key.name === 'k') selected = Math.max(0, selected - 1);
      if (key.name === 'down' || key.name === 'j') selected = Math.min(choices.length - 1, selected + 1);
      if (key.name === 'return') {
        frame.render([`${question} ${choices[selected]!}`]);
        frame.finish();
        answer(choices[selected]!);
      } else {
        draw();
      }
    };
  });
}

/** Shows a dot for each character, so that a paste can be seen to have arrived. */
function secret(terminal: LentTerminal, message: string, style: Style): Promise<string> {
  const question = `${style.cyan('?')} ${message}`;
  return interact(terminal, (frame, answer) => {
    let typed = '';
    const draw = (): void => {
      const dots = '·'.repeat(Math.min(typed.length, Math.max(0, terminal.columns - message.length - 4)));
      frame.render([`${question} ${dots}`]);
    };
    draw();
    return (key) => {
      if (key.name === 'return') {
        draw();
        frame.finish();
        return answer(typed);
      }
      if (key.name === 'backspace') typed = typed.slice(0, -1);
      else if (key.ctrl && key.name === 'u') typed = '';
      else if (key.text !== undefined) typed += key.text;
      draw();
    };
  });
}

/** Draws a question and hands it the keys until it has its answer. */
function interact<T>(
  terminal: LentTerminal,
  open: (frame: Frame, answer: (value: T) => void) => (key: KeyPress) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const frame = new Frame({
      write: (data) => void terminal.write(data),
      size: () => ({ columns: terminal.columns, rows: terminal.rows }),
    });
    let answered = false;
    const answer = (value: T): void => {
      answered = true;
      decoder.close();
      resolve(value);
    };
    const press = open(frame, answer);
    const decoder = createKeyDecoder((key) => {
      if (answered) return;
      if (key.name === 'escape' || (key.ctrl && key.name === 'c')) {
        frame.finish();
        decoder.close();
        answered = true;
        reject(new PrefishError('PREFISH_INTERRUPTED', 'The question was not answered'));
      } else {
        press(key);
      }
    });
    terminal.onInput((data) => decoder.feed(data));
  });
}

function nobodyThere(message: string): PrefishError {
  return new PrefishError('PREFISH_NO_TTY', `There is nobody to ask: ${message}`, {
    hint: '--yes answers every question with its default.',
  });
}
