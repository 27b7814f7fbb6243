import { splitLines } from './lines.ts';
import { LiteralBlocks } from './literal-blocks.ts';

/** An `@path` in a memory file. */
export interface Import {
  /** The path as it is written, without the `@`. */
  readonly text: string;
  /** Counts from 1. */
  readonly line: number;
}

/**
 * What a memory file imports: every `@path` behind a blank or at the start of a line, outside code
 * (https://code.claude.com/docs/en/memory). A path that ends a sentence ends before the punctuation.
 */
export function findImports(document: string): readonly Import[] {
  const literal = new LiteralBlocks();
  const found: Import[] = [];
  for (const [index, { text }] of splitLines(document).entries()) {
    if (literal.take(text) || !text.includes('@')) continue;
    for (const [, path] of withoutCode(text).matchAll(/(?<=^|[ \t(])@((?:[^\s\\@]|\\ )+)/g)) {
      const unescaped = path!.replaceAll('\\ ', ' ').replace(/[.,;:!?)]+$/, '');
      if (/^[~./\w]/.test(unescaped)) found.push({ text: unescaped, line: index + 1 });
    }
  }
  return found;
}

/** A line without its code spans, which end where as many backticks follow as they begin with. */
function withoutCode(text: string): string {
  const runs = [...text.matchAll(/`+/g)];
  let rest = '';
  let at = 0;
  for (let open = 0; open < runs.length; open += 1) {
    const [marks] = runs[open]!;
    const close = runs.findIndex(([other], index) => index > open && other === marks);
    if (close < 0) continue;
    rest += text.slice(at, runs[open]!.index);
    at = runs[close]!.index + marks.length;
    open = close;
  }
  return rest + text.slice(at);
}
