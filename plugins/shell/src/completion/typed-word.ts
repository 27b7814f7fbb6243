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

/** How words are written. */
export interface Quoting {
  /** The quote that is open. */
  readonly quote: TypedWord['quote'];
  /** Whether the shell reads `$'\t'` as a tab. */
  readonly dollarQuotes: boolean;
}

/** What prefish sends to no terminal as it is: control and bidirectional characters, line separators. */
const unseen = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;
/** What a shell would split or expand a word at, or nobody would see in it. */
const special = /[\p{Cc}\p{Bidi_Control}\s'"$&;()<>|\\*?[\]!#`{}~]/gu;

/** How a name is written behind an open quote, or without one. Nothing where it cannot be. */
export function quoted(name: string, { quote, dollarQuotes }: Quoting): string | undefined {
  // What stands for bytes that are no text.
  if (name.includes('\ufffd')) return undefined;
  if (unseen.test(name) && (quote !== '' || !dollarQuotes)) return undefined;
  if (quote === "'") return name.includes("'") ? undefined : name;
  if (quote === '"') return name.replaceAll(/["$`\\]/g, String.raw`\$&`);
  return name.replaceAll(special, (character) =>
    unseen.test(character) ? dollarQuoted(character) : `\\${character}`,
  );
}

function dollarQuoted(character: string): string {
  if (character === '\t') return String.raw`$'\t'`;
  if (character === '\n') return String.raw`$'\n'`;
  const bytes = Array.from(Buffer.from(character), (byte) => `\\${byte.toString(8).padStart(3, '0')}`);
  return `$'${bytes.join('')}'`;
}
