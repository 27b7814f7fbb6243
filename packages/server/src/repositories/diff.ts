import { isUtf8 } from 'node:buffer';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileChange, TaskDiff } from '@prefish/protocol';
import { git, gitLine } from './git.ts';

/** A diff is one JSON string for its reader, and V8 ends strings at 512 MiB. */
const maxPatchBytes = 128 * 1024 * 1024;

const statuses: Readonly<Record<string, FileChange['status']>> = {
  A: 'added',
  M: 'modified',
  D: 'deleted',
  T: 'type-changed',
};

/** The files that differ between two commits, with how many lines each gained and lost (0 for binary ones). */
export async function changedFiles(
  gitDir: string,
  from: string,
  to: string,
  signal?: AbortSignal,
): Promise<FileChange[]> {
  const common = ['-r', '-z', '--no-renames', '--no-ext-diff', '--no-textconv', from, to];
  const [names, counts] = await Promise.all([
    git(['diff-tree', '--name-status', ...common], { gitDir, signal }),
    git(['diff-tree', '--numstat', ...common], { gitDir, signal }),
  ]);
  const lines = new Map<string, { insertions: number; deletions: number }>();
  for (const entry of records(counts.stdout)) {
    const [insertions = '', deletions = '', ...path] = entry.split('\t');
    lines.set(path.join('\t'), { insertions: Number(insertions) || 0, deletions: Number(deletions) || 0 });
  }
  const files: FileChange[] = [];
  const fields = records(names.stdout);
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const path = fields[index + 1]!;
    const status = statuses[fields[index]!.charAt(0)] ?? 'modified';
    files.push({ path, ...(lines.get(path) ?? { insertions: 0, deletions: 0 }), status });
  }
  return files;
}

/** How many files differ between two commits, and how many lines they gained and lost. */
export async function countChanges(
  gitDir: string,
  from: string,
  to: string,
  signal?: AbortSignal,
): Promise<Record<'files' | 'insertions' | 'deletions', number>> {
  const flags = ['-r', '--no-renames', '--no-ext-diff', '--no-textconv'];
  const said = await gitLine(['diff-tree', '--shortstat', ...flags, from, to], { gitDir, signal });
  const count = (what: RegExp): number => Number(what.exec(said)?.[1] ?? 0);
  return {
    files: count(/(\d+) files? changed/),
    insertions: count(/(\d+) insertions?/),
    deletions: count(/(\d+) deletions?/),
  };
}

/** {@link changedFiles} and a patch that `git apply` takes. @throws PREFISH_LIMIT when the patch is too large to send */
export async function diffCommits(
  gitDir: string,
  from: string,
  to: string,
  signal?: AbortSignal,
): Promise<TaskDiff> {
  const [files, patch] = await Promise.all([
    changedFiles(gitDir, from, to, signal),
    utf8Patch(gitDir, from, to, signal),
  ]);
  return { files, patch };
}

/**
 * A patch is bytes, JSON is text: what git takes for text need not be UTF-8. Such files are given in
 * git's binary form, which is ASCII.
 */
async function utf8Patch(gitDir: string, from: string, to: string, signal?: AbortSignal): Promise<string> {
  const patch = await rawPatch(gitDir, from, to, [], signal);
  if (isUtf8(patch)) return patch.toString('utf8');
  const folder = await mkdtemp(join(tmpdir(), 'prefish-diff-'));
  try {
    const attributes = join(folder, 'attributes');
    await writeFile(attributes, '* -diff\n');
    const binary = sections(
      await rawPatch(gitDir, from, to, ['-c', `core.attributesFile=${attributes}`], signal),
    );
    return sections(patch)
      .map((section, index) => (isUtf8(section) ? section : (binary[index] ?? section)).toString('utf8'))
      .join('');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function rawPatch(
  gitDir: string,
  from: string,
  to: string,
  settings: readonly string[],
  signal?: AbortSignal,
): Promise<Buffer> {
  const flags = ['--binary', '--full-index', '--no-renames', '--no-color', '--no-ext-diff', '--no-textconv'];
  const prefixes = ['--src-prefix=a/', '--dst-prefix=b/'];
  const args = [...settings, 'diff-tree', '-r', '-p', ...flags, ...prefixes, from, to];
  return (await git(args, { gitDir, signal, maxBytes: maxPatchBytes })).stdout;
}

const boundary = '\ndiff --git ';

/** Splits a patch before each `diff --git`. Lines of content begin with another character, base 85 holds no space. */
function sections(patch: Buffer): Buffer[] {
  const starts = [0];
  for (let at = patch.indexOf(boundary); at !== -1; at = patch.indexOf(boundary, at + 1)) starts.push(at + 1);
  return starts.map((start, index) => patch.subarray(start, starts[index + 1]));
}

function records(output: Buffer): string[] {
  return output.toString('utf8').split('\0').slice(0, -1);
}
