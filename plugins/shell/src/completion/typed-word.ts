/** The word of a shell's line that is being typed. */
export interface TypedWord {
  /** As it is typed: with its quotes and backslashes. */
  readonly raw: string;
  /** The quote that is open where it ends. */
  readonly quote: '' | '"' | "'";
  /** The words before it that belong to the same command. */
  readonly before: readonly string[];
}

/** Reads the end of a line as bash, zsh and POSIX shells do; what is substituted is taken for a line of its own. */
export function typedWord(line: string): TypedWord {
  let before: string[] = [];
  let start = 0;
  let quote: TypedWord['quote'] = '';
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!;
    if (character === '\\' && quote !== "'") {
      at++;
    } else if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") {
      quote = character;
    } else if (/[;&|(\n]/.test(character)) {
      before = [];
      start = at + 1;
    } else if (/[\s<>]/.test(character)) {
      if (at > start) before = [...before, line.slice(start, at)];
      start = at + 1;
    }
  }
  return { raw: line.slice(start), quote, before };
}

/** What a word means, without its quotes and backslashes. */
export function unquoted(word: string): string {
  return word.replaceAll(/\\([^])|(["'])/g, '$1');
}

/** A word that a shell would split or expand is written with backslashes. */
const special = /[\s'"$&;()<>|\\*?[\]!#`{}~]/g;

/** How a name is written behind an open quote, or without one. Nothing where it cannot be. */
export function quotedIn(quote: TypedWord['quote'], name: string): string | undefined {
  if (quote === '') return name.replaceAll(special, String.raw`\$&`);
  if (quote === '"') return name.replaceAll(/["$`\\]/g, String.raw`\$&`);
  return name.includes("'") ? undefined : name;
}
