import { TextFlow } from './text-flow.ts';

/** Shows text as it comes. Every method returns what can be shown now. */
export interface TextStream {
  write(text: string): string;
  /** Shows what was held back, and ends the line. */
  end(): string;
}

export type Paint = (text: string) => string;

/** Text in one colour as it is streamed, words kept whole. */
export class PaintedStream implements TextStream {
  readonly #paint: Paint;
  readonly #flow: TextFlow;

  constructor(paint: Paint, columns: () => number) {
    this.#paint = paint;
    this.#flow = new TextFlow(columns);
  }

  write(text: string): string {
    return text
      .split(/(\n)/)
      .map((part) => (part === '\n' ? this.#flow.newline() : this.#flow.add(part, this.#paint)))
      .join('');
  }

  end(): string {
    return this.#flow.atLineStart ? '' : this.#flow.newline();
  }
}

/** Text as it is streamed, for whoever reads no colours: nothing but the line at its end is added. */
export class PlainStream implements TextStream {
  #last = '\n';

  write(text: string): string {
    this.#last = text.at(-1) ?? this.#last;
    return text;
  }

  end(): string {
    return this.#last === '\n' ? '' : '\n';
  }
}
