import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { longestTagLine, tagNamePattern, type SentTag } from '@prefish/protocol';
import { offline, type Git } from '../git/git.ts';
import type { Repository, WorkTree } from './work-tree.ts';

/** How many go along, the newest first: they are kept with every task. */
const most = 50;
/** The longest subject of an annotation, in UTF-16 units. */
const longest = 200;

const fields = ['refname:strip=2', 'objecttype', 'objectname', '*objectname', 'tagger', 'contents:subject'];
const format = fields.map((field) => `%(${field})`).join('%00');

/**
 * The newest tags of the history that goes along: versions are made of them (`git describe`). What others are called is
 * of other branches, and stays here.
 */
export async function readTags(
  git: Git,
  { repository, root, commit }: WorkTree,
  signal?: AbortSignal,
): Promise<readonly SentTag[]> {
  const hasHistory = commit !== null && repository !== undefined && !repository.partial;
  if (!hasHistory || !(await hasTags(repository))) return [];
  const which = [`--merged=${commit}`, '--sort=-creatordate', `--count=${most}`];
  const args = ['for-each-ref', ...which, `--format=${format}`, 'refs/tags'];
  const { stdout } = await git(args, { cwd: root, env: offline, signal });
  return stdout.toString('utf8').split('\n').slice(0, -1).map(readTag).filter(isSendable);
}

/** Others make tags too, and no server is to refuse a line for one. */
function isSendable({ name, tagger = '' }: SentTag): boolean {
  return tagNamePattern.test(name) && tagger.length <= longestTagLine;
}

function readTag(line: string): SentTag {
  const [name = '', type, id = '', peeled = '', tagger = '', subject = ''] = line.split('\0');
  if (type !== 'tag') return { name, commit: id };
  return { name, commit: peeled, tagger, subject: subject.slice(0, longest) };
}

/** That there are none is known by a look, for which git takes milliseconds. */
async function hasTags({ commonDir }: Repository): Promise<boolean> {
  const namesIn = (folder: string): Promise<string[]> => readdir(join(commonDir, folder)).catch(() => []);
  const [loose, packed, table] = await Promise.all([
    namesIn('refs/tags'),
    readFile(join(commonDir, 'packed-refs'), 'latin1').catch(() => ''),
    // Refs that are no files (gitformat-reftable(5)).
    namesIn('reftable'),
  ]);
  return loose.length > 0 || packed.includes(' refs/tags/') || table.length > 0;
}
