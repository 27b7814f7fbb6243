import type { Completion, Shell } from '@prefish/core';
import type { Offers } from './editor/line-editor.ts';

/** More files than these are found by typing on. */
const maxFiles = 50;

/** How {@link offersAt} is asked. */
export interface OffersOptions {
  readonly signal: AbortSignal;
  /** The id of the prefix that is active, where one is. */
  readonly prefix?: string;
}

/**
 * What could stand at `cursor`, a UTF-16 offset in `text`, and from where on it would. On an empty line,
 * and for `?` alone: the prefixes, and what becomes of any other line. For `@` and a part of its name: files of the
 * project.
 */
export async function offersAt(
  shell: Shell,
  text: string,
  cursor: number,
  options: OffersOptions,
): Promise<Offers> {
  const { prefix: active } = options;
  const { prefix, body, args } = shell.explain(text, active === undefined ? {} : { prefix: active });
  const isHelp = text === '?' && (prefix === undefined || prefix.token === '');
  if ((text === '' || isHelp) && active === undefined) {
    return { from: 0, offers: beginnings(shell), ...anythingElse(shell) };
  }
  // A word never reaches into the token: in `!npm`, it is `npm`.
  const start = prefix === undefined ? 0 : text.length - body.length;
  if (cursor < start) return { from: cursor, offers: [] };
  const word = /\S*$/.exec(text.slice(start, cursor))![0];
  const from = cursor - word.length;
  const offers = await shell.complete(text, cursor, options);
  if (offers.length > 0) return { from, offers };
  if (args !== undefined) {
    // What follows the options of a prefix is a line of its own.
    const inner = text.length - args.body.length;
    if (args.body.length >= text.length || cursor < inner) return { from, offers };
    const { signal } = options;
    const found = await offersAt(shell, args.body, cursor - inner, { signal });
    return args.body === '' ? { from, offers } : { from: inner + found.from, offers: found.offers };
  }
  const isPlainText = prefix === undefined || prefix.token === '';
  return { from, offers: isPlainText && word.startsWith('@') ? await files(shell, word) : [] };
}

async function files({ session }: Shell, word: string): Promise<Completion[]> {
  const [{ fuzzyMatches }, { projectFiles }] = await Promise.all([
    import('./completion/fuzzy.ts'),
    import('./completion/project-files.ts'),
  ]);
  const known = await projectFiles(session.cwd);
  return fuzzyMatches(word.slice(1), known, maxFiles).map((path) => ({ insert: `@${path}` }));
}

function beginnings({ prefixes }: Shell): Completion[] {
  return [
    ...prefixes
      .filter(({ token }) => token !== '')
      .map(({ token, summary, examples: [example] }) => ({
        insert: token,
        detail: example === undefined ? summary : `${summary} · ${example}`,
      })),
    { insert: '/', detail: 'Run a command' },
  ];
}

/** What becomes of a line that begins with none of them. */
function anythingElse({ prefixes }: Shell): Pick<Offers, 'note'> {
  const plain = prefixes.find(({ token }) => token === '');
  if (plain === undefined) return {};
  const [example] = plain.examples;
  const note = `anything else: ${plain.summary}`;
  return { note: example === undefined ? note : `${note} · ${example}` };
}
