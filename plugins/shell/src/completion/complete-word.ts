import { readdir, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import type { Completion, RunContext } from '@prefish/core';

/** A word that a shell would split or expand is offered with backslashes. */
const special = /[\s'"$&;()<>|\\*?[\]!#`{}~]/g;

/** What may stand in place of the word at `cursor`: a program for the first word of a command, else a file or folder. */
export async function completeWord(
  body: string,
  cursor: number,
  { cwd, env }: Pick<RunContext, 'cwd' | 'env'>,
): Promise<readonly Completion[]> {
  const before = body.slice(0, cursor);
  const word = /\S*$/.exec(before)![0];
  const isCommand = /(?:^|[;&|(])\s*$/.test(before.slice(0, before.length - word.length));
  if (isCommand && !word.includes('/')) return programs(word, env['PATH'] ?? '');
  return paths(word, cwd, env['HOME']);
}

async function programs(beginning: string, path: string): Promise<Completion[]> {
  if (beginning === '') return [];
  const folders = [...new Set(path.split(delimiter))].filter((folder) => isAbsolute(folder));
  const names = await Promise.all(folders.map((folder) => readdir(folder).catch(() => [])));
  const found = new Set(names.flat().filter((name) => name.startsWith(beginning)));
  return [...found].sort().map((insert) => ({ insert }));
}

async function paths(word: string, cwd: string, home: string | undefined): Promise<Completion[]> {
  const cut = word.lastIndexOf('/') + 1;
  const [typedFolder, beginning] = [word.slice(0, cut), unescaped(word.slice(cut))];
  const folder = resolve(
    cwd,
    unescaped(home === undefined ? typedFolder : typedFolder.replace(/^~(?=\/)/, home)),
  );
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const wanted = entries.filter(
    ({ name }) => name.startsWith(beginning) && (beginning !== '' || !name.startsWith('.')),
  );
  const offers = wanted.map(async (entry) => {
    const isFolder =
      entry.isDirectory() ||
      (entry.isSymbolicLink() &&
        (await stat(join(folder, entry.name)).then(
          (target) => target.isDirectory(),
          () => false,
        )));
    return { insert: `${typedFolder}${entry.name.replaceAll(special, '\\$&')}${isFolder ? '/' : ''}` };
  });
  return (await Promise.all(offers)).sort((one, other) => (one.insert < other.insert ? -1 : 1));
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, '$1');
}
