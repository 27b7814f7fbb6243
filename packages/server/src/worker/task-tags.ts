import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import type { SentTag } from '@prefish/protocol';
import { git } from '../repositories/git.ts';

const compress = promisify(deflate);

/** Where a task's own repository borrows from, and where it is. */
export interface TagsPlace {
  /** The mirror's git directory. */
  readonly mirror: string;
  /** The folder of the task's own objects. */
  readonly objects: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The tags that went along with a task, as lines of `packed-refs` (git-pack-refs(1)): those of commits that the mirror
 * has. Annotated ones become objects of the task's own repository.
 */
export async function makeTaskTags(tags: readonly SentTag[], place: TagsPlace): Promise<string> {
  if (tags.length === 0) return '';
  const there = await commitsIn(place, tags);
  const known = tags.filter(({ commit }) => there.has(commit));
  const lines = known.map(async (tag) => {
    const id = tag.tagger === undefined ? tag.commit : await writeTag(annotation(tag), place.objects);
    return `${id} refs/tags/${tag.name}\n`;
  });
  return (await Promise.all(lines)).join('');
}

async function commitsIn(
  { mirror, signal }: TagsPlace,
  tags: readonly SentTag[],
): Promise<ReadonlySet<string>> {
  const input = tags.map(({ commit }) => `${commit}\n`).join('');
  const args = ['cat-file', '--batch-check=%(objectname) %(objecttype)', '--buffer'];
  const { stdout } = await git(args, { gitDir: mirror, input, signal });
  return new Set(stdout.toString('latin1').match(/^[0-9a-f]+(?= commit$)/gm));
}

/** What git-mktag(1) takes. */
function annotation({ name, commit, tagger = '', subject = '' }: SentTag): string {
  return [`object ${commit}`, 'type commit', `tag ${name}`, `tagger ${tagger}`, '', subject, ''].join('\n');
}

/** Writes a loose object, as git-hash-object(1) would, which takes a process for each. */
async function writeTag(text: string, objects: string): Promise<string> {
  const content = Buffer.from(text);
  const object = Buffer.concat([Buffer.from(`tag ${content.length}\0`), content]);
  const id = createHash('sha1').update(object).digest('hex');
  const file = join(objects, id.slice(0, 2), id.slice(2));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, await compress(object), { mode: 0o444 });
  return id;
}
