import { PrefishError } from '@prefish/protocol';

/** A word of a line, and where it ends. */
export interface Word {
  readonly text: string;
  /** The index behind the word and its quotes. */
  readonly end: number;
}

/**
 * The first word of `text` from `start`, with quotes and backslashes as in a POSIX shell, but no
 * expansions. `undefined` when only blanks are left.
 *
 * @throws PREFISH_USAGE when a quote is not closed
 */
export function readWord(text: string, start: number): Word | undefined {
  let index = start;
  while (isBlank(text[index])) index++;
  if (index >= text.length) return undefined;
  let word = '';
  while (index < text.length && !isBlank(text[index])) {
    const character = text[index]!;
    if (character === '\\' && index + 1 < text.length) {
      word += text[index + 1];
      index += 2;
    } else if (character === '"' || character === "'") {
      const [quoted] = quotedFrom(text, index, character);
      if (quoted === undefined)
        throw new PrefishError('PREFISH_USAGE', `A quote (${character}) is not closed in: ${text}`);
      word += character === '"' ? quoted.slice(1, -1).replaceAll(escaped, '$1') : quoted.slice(1, -1);
      index += quoted.length;
    } else {
      word += character;
      index++;
    }
  }
  return { text: word, end: index };
}

/** All words of `text`. @throws PREFISH_USAGE when a quote is not closed */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  for (let word = readWord(text, 0); word !== undefined; word = readWord(text, word.end))
    words.push(word.text);
  return words;
}

/** Between double quotes a backslash stands before what would mean something there; before all else it is itself. */
const escaped = /\\([\\"$`])/g;

function quotedFrom(text: string, start: number, quote: '"' | "'"): RegExpExecArray | [] {
  const pattern = quote === '"' ? /"[^"\\]*(?:\\[^][^"\\]*)*"/y : /'[^']*'/y;
  pattern.lastIndex = start;
  return pattern.exec(text) ?? [];
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\n' || character === '\r';
}
