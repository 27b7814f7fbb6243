import { readdir, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import type { Completion, RunContext } from '@prefish/core';
import { quoted, typedWord, unquoted, type TypedWord } from './typed-word.ts';

/** Commands that take folders alone. */
const takesFolders = /^(?:cd|pushd|rmdir)$/;

/** Where a word is completed. */
export interface WordPlace extends Pick<RunContext, 'cwd' | 'env'> {
  /** Names that the shell knows besides those of `env`. */
  readonly variables?: readonly string[];
  /** Whether the shell reads `$'\t'` as a tab. */
  readonly dollarQuotes: boolean;
}

/** What stands before a value within one word: `--file=`, `if=`, `NAME=`. */
const nameOfValue = /^-{0,2}\w[\w-]*=/;

/**
 * What may stand in place of what stands without a space before `cursor`: a program for the first word of a
 * command, a variable behind `$`, else a file or folder.
 */
export async function completeWord(
  body: string,
  cursor: number,
  place: WordPlace,
): Promise<readonly Completion[]> {
  const line = body.slice(0, cursor);
  const word = typedWord(line);
  // A word may hold spaces, and stand right behind an operator: only its end is replaced, or more than it.
  const { length } = /\S*$/.exec(line)![0];
  const behind = line.slice(line.length - length, line.length - Math.min(length, word.raw.length));
  const kept = word.raw.slice(0, Math.max(0, word.raw.length - length));
  return (await candidates(word, place))
    .filter((candidate) => candidate.startsWith(kept))
    .map((candidate) => ({ insert: behind + candidate.slice(kept.length) }));
}

/** Whole words, as they are written. */
async function candidates(word: TypedWord, place: WordPlace): Promise<string[]> {
  const { raw, quote, before } = word;
  const dollar = quote === "'" ? null : /\$(\{?)(\w*)$/.exec(raw);
  if (dollar !== null) return variables(raw.slice(0, dollar.index), dollar[1]!, dollar[2]!, place);
  const name = nameOfValue.exec(raw)?.[0] ?? '';
  const isCommand = name === '' && before.every((earlier) => /^\w+=/.test(earlier));
  if (isCommand && !raw.includes('/')) return programs(unquoted(raw), place);
  const values = await paths({ ...word, raw: raw.slice(name.length) }, place);
  return values.map((value) => name + value);
}

async function variables(
  before: string,
  brace: string,
  beginning: string,
  { cwd, env, variables: others = [] }: WordPlace,
): Promise<string[]> {
  const names = [...new Set([...Object.keys(env), ...others])].filter(
    (name) => name.startsWith(beginning) && /^\w+$/.test(name),
  );
  const written = names.sort().map(async (name) => {
    const goesOn = isAbsolute(env[name] ?? '') && (await isFolder(resolve(cwd, env[name]!)));
    return `${before}$${brace}${name}${brace === '' ? '' : '}'}${goesOn ? '/' : ''}`;
  });
  return Promise.all(written);
}

async function programs(beginning: string, { env, dollarQuotes }: WordPlace): Promise<string[]> {
  if (beginning === '') return [];
  const path = env['PATH'] ?? '';
  const folders = [...new Set(path.split(delimiter))].filter((folder) => isAbsolute(folder));
  const names = await Promise.all(folders.map((folder) => readdir(folder).catch(() => [])));
  const found = new Set(names.flat().filter((name) => name.startsWith(beginning)));
  return [...found].flatMap((name) => quoted(name, { quote: '', dollarQuotes }) ?? []).sort();
}

async function paths(
  { raw, quote, before }: TypedWord,
  { cwd, env, dollarQuotes }: WordPlace,
): Promise<string[]> {
  const cut = raw.lastIndexOf('/') + 1;
  const [typedFolder, beginning] = [raw.slice(0, cut), unquoted(raw.slice(cut))];
  const folder = resolve(cwd, unquoted(expanded(typedFolder, env)));
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const wanted = entries.filter(
    ({ name }) => name.startsWith(beginning) && (beginning !== '' || !name.startsWith('.')),
  );
  const opening = typedWord(typedFolder).quote === quote ? '' : quote;
  const found = wanted.map(async (entry): Promise<string[]> => {
    const path = join(folder, entry.name);
    const goesOn = entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(path)));
    const name = quoted(entry.name, { quote, dollarQuotes });
    if (name === undefined || (!goesOn && takesFolders.test(before[0] ?? ''))) return [];
    return [`${typedFolder}${opening}${name}${goesOn ? '/' : quote}`];
  });
  return (await Promise.all(found)).flat().sort();
}

/** A folder with the home and the variables that the shell would put there. */
function expanded(folder: string, env: RunContext['env']): string {
  const home = env['HOME'];
  const fromHome = home === undefined ? folder : folder.replace(/^~(?=\/)/, home);
  if (folder.includes("'")) return fromHome;
  return fromHome.replaceAll(/(?<!\\)\$\{?(\w+)\}?/g, (whole, name: string) => env[name] ?? whole);
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
