import type { Style } from '@prefish/screen';
import type { TextFlow } from '../text-flow.ts';
import type { Paint } from '../text-stream.ts';
import type { MarkdownExtras } from './extras.ts';

/** A link whose end has not come after so many characters is none. */
const longestLink = 1000;

/** What stands in a line of Markdown: bold, code, links. Whatever is decided is never taken back. */
export class Inline {
  readonly #style: Style;
  readonly #flow: TextFlow;
  readonly #extras: () => MarkdownExtras | undefined;
  #line: Paint = same;
  #bold = false;
  /** The backticks that end the code that is open in the line. */
  #code = '';
  /** Markers whose meaning depends on what follows. */
  #held = '';
  /** What may become a link. */
  #link = '';
  #before = ' ';

  constructor(style: Style, flow: TextFlow, extras: () => MarkdownExtras | undefined = () => undefined) {
    this.#style = style;
    this.#flow = flow;
    this.#extras = extras;
  }

  /** Begins a line whose words are painted so. */
  begin(paint: Paint = same): void {
    this.#line = paint;
  }

  write(text: string): string {
    let shown = '';
    for (const token of text.match(/[*`\\[\]()]|[^*`\\[\]()]+/g) ?? []) shown += this.#token(token);
    return shown;
  }

  /** Shows what was held back, and forgets the line. */
  endLine(): string {
    const shown = this.#giveUpLink() + this.#settleHeld(' ');
    this.#line = same;
    this.#bold = false;
    this.#code = '';
    this.#before = ' ';
    return shown;
  }

  #token(token: string): string {
    if (this.#link !== '') {
      const link = this.#link + token;
      const whole = /^\[([^[\]]+)\]\(([^()\s]+(?:\([^()\s]*\))?[^()\s]*)(?:\s+"[^"]*")?\)$/.exec(link);
      if (whole !== null) return this.#showLink(whole[1]!, whole[2]!);
      if (mayBecomeLink(link)) {
        this.#link = link;
        return '';
      }
      return this.#giveUpLink() + this.#token(token);
    }
    if (token === '[' && this.#code === '' && this.#held !== '\\') {
      const shown = this.#settleHeld(token);
      this.#link = token;
      return shown;
    }
    const isMarker = token === '*' || token === '`' || token === '\\';
    if (isMarker && (this.#held === '' || (token !== '\\' && this.#held[0] === token))) {
      this.#held += token;
      return '';
    }
    const shown = this.#settleHeld(token[0]!);
    if (isMarker && this.#before !== '\\') {
      this.#held = token;
      return shown;
    }
    return shown + this.#show(token);
  }

  #showLink(label: string, target: string): string {
    this.#link = '';
    const extras = this.#extras();
    const text = label.replaceAll(/[*`]/g, '');
    this.#before = ')';
    if (extras === undefined)
      return this.#flow.add(text.includes(target) ? text : `${text} (${target})`, this.#style.blue);
    const link = extras.showLink(text, target);
    return this.#flow.add(link.text, link.paint);
  }

  /** It was no link: its parts mean what they mean elsewhere. */
  #giveUpLink(): string {
    const text = this.#link;
    this.#link = '';
    return text === '' ? '' : this.#show('[') + this.write(text.slice(1));
  }

  /** Decides what the markers that were held back mean, now that the character after them is known. */
  #settleHeld(next: string): string {
    const held = this.#held;
    if (held === '') return '';
    this.#held = '';
    if (held === '\\') {
      if (this.#code !== '' || !/[!-/:-@[-`{-~]/.test(next)) return this.#show(held);
      this.#before = held;
      return '';
    }
    if (held.startsWith('`')) {
      if (this.#code !== '' && this.#code !== held) return this.#show(held);
      this.#code = this.#code === '' ? held : '';
      return '';
    }
    const opens = !this.#bold && /\S/.test(next) && !/[\p{L}\p{N}]/u.test(this.#before);
    const isClosing = this.#bold && /\S/.test(this.#before);
    if (this.#code !== '' || held.length !== 2 || !(opens || isClosing)) return this.#show(held);
    this.#bold = opens;
    return '';
  }

  #show(text: string): string {
    this.#before = text.at(-1)!;
    const { bold, cyan } = this.#style;
    const paint = this.#code !== '' ? cyan : this.#bold ? bold : this.#line;
    return this.#flow.add(text, paint);
  }
}

function mayBecomeLink(text: string): boolean {
  return text.length <= longestLink && /^\[[^[\]]+(?:\](?:\((?:[^()]|\([^()]*\)?)*)?)?$/.test(text);
}

function same(text: string): string {
  return text;
}
