import { isUtf8 } from 'node:buffer';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatBytes } from '@prefish/protocol';
import type { Between } from './changes.ts';
import { enough, git, untilEnough } from './git.ts';

/** A diff is one string of JSON, which holds up everybody while it is made: some 5 ms a megabyte. In bytes. */
const mostPatch = 16 * 2 ** 20;

/** A file that git is not to compare, and how many files that differ come before it. */
interface Large {
  readonly index: number;
  readonly path: string;
}

/**
 * A patch is bytes, JSON is text: what git takes for text need not be UTF-8. Such files are given in
 * git's binary form, which is ASCII. Of a long patch those files are given that come first; `cut` says where it ends.
 */
export async function utf8Patch(
  between: Between,
  large?: Large,
): Promise<{ readonly text: string; readonly cut?: string }> {
  const { patch, isCut } = await rawPatch(between, [], large);
  const cut = cutAfter(isCut, large);
  if (isUtf8(patch)) return { text: patch.toString('utf8'), ...cut };
  const folder = await mkdtemp(join(tmpdir(), 'prefish-diff-'));
  try {
    const attributes = join(folder, 'attributes');
    await writeFile(attributes, '* -diff\n');
    const binary = await rawPatch(between, ['-c', `core.attributesFile=${attributes}`], large);
    const others = sections(binary.patch);
    const all = sections(patch);
    // Binary, a file takes more room.
    const whole = all.findIndex((section, index) => !isUtf8(section) && others[index] === undefined);
    const shown = whole === -1 ? all : all.slice(0, whole);
    const text = shown.map((section, index) => (isUtf8(section) ? section : others[index]!).toString('utf8'));
    return { text: text.join(''), ...cutAfter(isCut || whole !== -1, large) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function cutAfter(isCut: boolean, large: Large | undefined): { readonly cut?: string } {
  if (isCut) return { cut: `after ${formatBytes(mostPatch)}` };
  return large === undefined
    ? {}
    : { cut: `before ${JSON.stringify(large.path)}, which is too large to be compared` };
}

/** A patch, as far as whole files of it fit, and up to a file that is too large. */
async function rawPatch(
  { gitDir, from, to, signal }: Between,
  settings: readonly string[],
  large: Large | undefined,
): Promise<{ readonly patch: Buffer; readonly isCut: boolean }> {
  const flags = ['--binary', '--full-index', '--no-renames', '--no-color', '--no-ext-diff', '--no-textconv'];
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
  const isCut = await untilEnough(git(args, { gitDir, signal, take }));
  const all = Buffer.concat(chunks);
  const patch = isCut ? all.subarray(0, all.lastIndexOf(boundary) + 1) : all;
  if (large === undefined) return { patch, isCut };
  const whole = sections(patch);
  return { patch: Buffer.concat(whole.slice(0, large.index)), isCut: isCut && whole.length < large.index };
}

const boundary = '\ndiff --git ';

/** Splits a patch before each `diff --git`. Lines of content begin with another character, base 85 holds no space. */
function sections(patch: Buffer): Buffer[] {
  const starts = [0];
  for (let at = patch.indexOf(boundary); at !== -1; at = patch.indexOf(boundary, at + 1)) starts.push(at + 1);
  return starts.map((start, index) => patch.subarray(start, starts[index + 1]));
}
