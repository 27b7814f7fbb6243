import type { LentTerminal, RunContext } from '@prefish/core';
import { Frame, type KeyPress, type Style } from '@prefish/screen';
import type { Drawing } from './foot-question.ts';
import type { Keyboard } from './keyboard.ts';

/** What every screen is drawn with. */
export interface Surroundings {
  readonly terminal: LentTerminal;
  readonly keyboard: Keyboard;
  readonly context: RunContext;
}

/** {@link Surroundings} of a screen that uses colours. */
export interface StyledSurroundings extends Surroundings {
  readonly style: Style;
}

/** A part of the terminal that is drawn again when something changes, until it is left with a value. */
export interface ScreenOptions<T> extends Surroundings {
  /** Draw on the alternate screen, which leaves the scrollback alone. */
  readonly alternate: boolean;
  /** What is shown on a terminal of this size. */
  draw(size: { readonly columns: number; readonly rows: number }): Drawing;
  /** Called for each key with a function that leaves the screen. */
  press(key: KeyPress, leave: (value: T) => void): void;
  /** Runs for as long as the screen is shown; `changed` asks for a drawing. What it throws ends the screen. */
  live(changed: () => void, signal: AbortSignal): Promise<void>;
}

/** Drawings follow one another at this distance in milliseconds, or more. */
const drawEvery = 30;
const enterAlternate = '\x1b[?1049h\x1b[H';
const leaveAlternate = '\x1b[?1049l';
const showCursor = '\x1b[?25h';

/**
 * Shows a screen until it is left.
 *
 * @throws what `live` throws, or the signal's reason when the line is interrupted
 */
export async function runScreen<T>(options: ScreenOptions<T>): Promise<T> {
  const { terminal, keyboard, context } = options;
  const size = (): { columns: number; rows: number } => ({ columns: terminal.columns, rows: terminal.rows });
  const { wrapsCursorRow = true } = terminal;
  const frame = new Frame({ write: (data) => void terminal.write(data), size, wrapsCursorRow });
  const left = Promise.withResolvers<T>();
  const ended = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const draw = (): void => {
    timer = undefined;
    const { rows, cursor } = options.draw(size());
    frame.render(rows, cursor);
  };
  const changed = (): void => {
    timer ??= setTimeout(draw, drawEvery);
  };
  const leave = (value: T): void => {
    keyboard.pause();
    left.resolve(value);
  };
  const abort = (): void => left.reject(context.signal.reason);
  context.signal.addEventListener('abort', abort, { once: true });
  const drawAgain = (): void => {
    if (ended.signal.aborted) return;
    if (options.alternate) {
      // Every row is drawn again where it stands, so none need be erased first.
      terminal.write('\x1b[H');
      frame.forget();
    }
    draw();
  };
  const suspend = (): void => {
    if (!options.alternate) frame.clear();
    terminal.suspend?.();
    if (options.alternate) terminal.write(enterAlternate);
    drawAgain();
  };
  terminal.onResize(drawAgain);
  terminal.onExit?.(() => (options.alternate && !ended.signal.aborted ? leaveAlternate : '') + showCursor);
  if (options.alternate) terminal.write(enterAlternate);
  const live = options.live(changed, AbortSignal.any([context.signal, ended.signal]));
  live.catch((error: unknown) => {
    if (!ended.signal.aborted) left.reject(error);
  });
  try {
    context.signal.throwIfAborted();
    draw();
    keyboard.listen((key) => {
      if (key.ctrl && key.name === 'z') return suspend();
      options.press(key, leave);
      changed();
    });
    return await left.promise;
  } finally {
    ended.abort();
    clearTimeout(timer);
    context.signal.removeEventListener('abort', abort);
    keyboard.pause();
    frame.clear();
    if (options.alternate) terminal.write(leaveAlternate);
    await live.catch(() => {});
  }
}

/** Whether a key means "close": Esc, Ctrl+C, and `q` where no text is typed. */
export function closes(key: KeyPress, isLetter = true): boolean {
  return key.name === 'escape' || (isLetter && key.text === 'q') || (key.ctrl && key.name === 'c');
}

/** How far a key moves in a list or a text of which `page` rows are seen; `undefined` for other keys. */
export function movement(key: KeyPress, page: number): number | undefined {
  if (key.name === 'up' || key.text === 'k') return -1;
  if (key.name === 'down' || key.text === 'j') return 1;
  if (key.name === 'pageup') return -page;
  if (key.name === 'pagedown') return page;
  if (key.name === 'home' || key.text === 'g') return Number.NEGATIVE_INFINITY;
  return key.name === 'end' || key.text === 'G' ? Number.POSITIVE_INFINITY : undefined;
}
