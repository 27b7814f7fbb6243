import { isUtf8 } from 'node:buffer';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatBytes, isPrefishError } from '@prefish/protocol';
import type { Between, Comparison } from './changes.ts';
import { enough, git, untilEnough } from './git.ts';

/** A diff is one string of JSON, which holds up everybody while it is made: some 5 ms a megabyte. In bytes. */
const mostPatch = 16 * 2 ** 20;

/**
 * What git may take into memory in one piece while it makes a patch (`GIT_ALLOC_LIMIT`, since git 1.8): of many changes
 * not all are looked at before, and it would take any file as a whole.
 */
const mostMemory = '256m';

/**
 * A patch is bytes, JSON is text: what git takes for text need not be UTF-8. Such files are given in
 * git's binary form, which is ASCII. Of a long patch those files are given that come first; `cut` says where it ends.
 */
export async function utf8Patch(
  between: Between,
  compared: Pick<Comparison, 'renames' | 'large'>,
): Promise<{ readonly text: string; readonly cut?: string }> {
  const { large } = compared;
  const { patch, cut } = await rawPatch(between, [], compared);
  if (isUtf8(patch)) return { text: patch.toString('utf8'), ...(cut !== undefined && { cut }) };
  const folder = await mkdtemp(join(tmpdir(), 'prefish-diff-'));
  try {
    const attributes = join(folder, 'attributes');
    await writeFile(attributes, '* -diff\n');
    // Taken for binary, files are not as much alike: others would be renamed.
    const apart = { renames: ['--no-renames'], ...(large && { large: { ...large, sections: Infinity } }) };
    const binary = await rawPatch(between, ['-c', `core.attributesFile=${attributes}`], apart);
    const others = new Map(sections(binary.patch).map((section) => [headOf(section), section]));
    const all = sections(patch).map((section) => (isUtf8(section) ? section : binaryOf(section, others)));
    // Binary, a file takes more room.
    const whole = all.indexOf(undefined);
    const shown = whole === -1 ? all : all.slice(0, whole);
    const text = shown.map((section) => section?.toString('utf8'));
    const end = whole === -1 ? cut : tooLong;
    return { text: text.join(''), ...(end !== undefined && { cut: end }) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const tooLong = `after ${formatBytes(mostPatch)}`;

/** A patch, as far as whole files of it fit, and up to a file that is too large. */
async function rawPatch(
  { gitDir, from, to, signal }: Between,
  settings: readonly string[],
  { renames, large }: Pick<Comparison, 'renames' | 'large'>,
): Promise<{ readonly patch: Buffer; readonly cut: string | undefined }> {
  const flags = ['--binary', '--full-index', ...renames, '--no-color', '--no-ext-diff', '--no-textconv'];
  const prefixes = ['--src-prefix=a/', '--dst-prefix=b/'];
  const where = large === undefined ? [] : ['--', ':(top)', `:(top,exclude,literal)${large.path}`];
  const args = [...settings, 'diff-tree', '-r', '-p', ...flags, ...prefixes, from, to, ...where];
  const chunks: Buffer[] = [];
  let size = 0;
  const take = (chunk: Buffer): void => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > mostPatch) throw enough;
  };
  const made = git(args, { gitDir, signal, take, env: { GIT_ALLOC_LIMIT: mostMemory } });
  const isCut = await untilEnough(made.catch(enoughWhereTooLarge));
  const all = Buffer.concat(chunks);
  const patch = isCut ? all.subarray(0, all.lastIndexOf(boundary) + 1) : all;
  const whole = large === undefined ? undefined : sections(patch);
  if (isCut && (whole === undefined || whole.length < large!.sections)) {
    return { patch, cut: size > mostPatch ? tooLong : 'before a file that is too large to be compared' };
  }
  if (whole === undefined) return { patch, cut: undefined };
  const cut = `before ${JSON.stringify(large!.path)}, which is too large to be compared`;
  return { patch: Buffer.concat(whole.slice(0, large!.sections)), cut };
}

/** git ended at {@link mostMemory}. */
function enoughWhereTooLarge(error: unknown): never {
  throw isPrefishError(error) && error.message.includes('attempting to allocate') ? enough : error;
}

const boundary = '\ndiff --git ';

/** What a section is of, and what becomes of that: `diff --git a/x b/x`, and `new file mode` or the like without the mode. */
function headOf(section: Buffer): string {
  const lines = section.subarray(0, section.indexOf('\n', section.indexOf('\n') + 1));
  return lines.toString('latin1').replace(/ \d{6}$/, '');
}

/** The same in git's binary form; of a file that was renamed it is two: one that goes, and one that comes. */
function binaryOf(section: Buffer, others: ReadonlyMap<string, Buffer>): Buffer | undefined {
  const same = others.get(headOf(section));
  if (same !== undefined) return same;
  const [, from, to] = /\nrename from (.+)\nrename to (.+)\n/.exec(section.toString('latin1')) ?? [];
  if (from === undefined || to === undefined) return undefined;
  const gone = others.get(`${firstLine(from)}\ndeleted file mode`);
  const made = others.get(`${firstLine(to)}\nnew file mode`);
  return gone && made && Buffer.concat([gone, made]);
}

/** @param name As git quotes it, or as it is */
function firstLine(name: string): string {
  const [quote, plain] = name.startsWith('"') ? ['"', name.slice(1)] : ['', name];
  return `diff --git ${quote}a/${plain} ${quote}b/${plain}`;
}

/** Splits a patch before each `diff --git`. Lines of content begin with another character, base 85 holds no space. */
function sections(patch: Buffer): Buffer[] {
  const starts = [0];
  for (let at = patch.indexOf(boundary); at !== -1; at = patch.indexOf(boundary, at + 1)) starts.push(at + 1);
  return starts.map((start, index) => patch.subarray(start, starts[index + 1]));
}
