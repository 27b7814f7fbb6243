import { sanitizeLabel, truncate } from '@prefish/screen';

/** Whoever waits for so long, in milliseconds, looks elsewhere meanwhile. */
const longLineMs = 10_000;
const longestTitle = 60;
/** DEC private mode 1004: the terminal says when its window gets and loses the focus. */
const focusReportsOn = '\x1b[?1004h';
const focusReportsOff = '\x1b[?1004l';

/** How terminals are told: OSC 9 (iTerm2, WezTerm, Windows Terminal, ConEmu), OSC 777 (urxvt, VTE, foot, Ghostty), BEL (all). */
const forms: Readonly<Record<string, (text: string) => string>> = {
  osc9: (text) => `\x1b]9;${text}\x1b\\`,
  osc777: (text) => `\x1b]777;notify;prefish;${text.replaceAll(';', ',')}\x1b\\`,
  bell: () => '\x07',
};

/**
 * Calls for a person whose window is in the background: when a line that took long has ended, and
 * when there is news. Off unless `PREFISH_NOTIFY` names a form, because terminals that do not know it
 * print it.
 */
export class Attention {
  readonly #write: (data: string) => void;
  readonly #form: ((text: string) => string) | undefined;
  /** Unknown while a program has the terminal, and until the terminal has said so. */
  #focused: boolean | undefined;
  #running: { readonly title: string; readonly since: number } | undefined;

  constructor(write: (data: string) => void, form: string | undefined) {
    this.#write = write;
    this.#form = forms[form ?? ''];
  }

  /** From now on keys come here, and the terminal's reports among them. */
  attach(): void {
    if (this.#form !== undefined) this.#write(focusReportsOn);
  }

  detach(): void {
    this.#focused = undefined;
    if (this.#form !== undefined) this.#write(focusReportsOff);
  }

  focus(focused: boolean): void {
    this.#focused = focused;
  }

  began(line: string, now: number = performance.now()): void {
    this.#running = { title: line, since: now };
  }

  ended(now: number = performance.now()): void {
    const running = this.#running;
    this.#running = undefined;
    if (running === undefined || now - running.since < longLineMs || this.#focused === true) return;
    this.#say(`done: ${running.title}`);
  }

  /** Something happened in the background; said only where nobody looks for certain. */
  news(text: string): void {
    if (this.#focused === false) this.#say(text);
  }

  #say(text: string): void {
    if (this.#form !== undefined) this.#write(this.#form(truncate(sanitizeLabel(text), longestTitle)));
  }
}
