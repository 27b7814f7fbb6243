/** Follows, line by line, what of a document is fenced code or a comment: nothing in there is Markdown. */
export class LiteralBlocks {
  #closing: string | undefined;

  /** What would end the block that is open behind the lines taken so far. */
  get closing(): string | undefined {
    return this.#closing;
  }

  /** Takes the next line; true when it belongs to such a block. */
  take(text: string): boolean {
    if (this.#closing === undefined) {
      this.#closing = opened(text);
      return this.#closing !== undefined;
    }
    if (closes(text, this.#closing)) this.#closing = undefined;
    return true;
  }
}

// Fences and comments that are indented are taken to belong to a list item, and to end with it.
// https://spec.commonmark.org/0.31.2/#fenced-code-blocks, #html-blocks
const fence = /^(?:`{3,}(?=[^`]*$)|~{3,})/;

function opened(text: string): string | undefined {
  if (text.startsWith('<!--')) return text.includes('-->') ? undefined : '-->';
  return fence.exec(text)?.[0];
}

function closes(text: string, closing: string): boolean {
  if (closing === '-->') return text.includes(closing);
  const marker = /^ {0,3}(`+|~+)[ \t]*$/.exec(text)?.[1];
  return marker?.startsWith(closing) === true;
}
