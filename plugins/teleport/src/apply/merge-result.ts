import { PrefishError } from '@prefish/protocol';
import { gitFailure, splitNul, type GitResult, type GitRun } from '../git/git.ts';
import { parseRawDiff, type RawChange } from '../git/raw-diff.ts';
import { displayPath, type RawPath } from '../git/raw-path.ts';
import type { Shadow } from '../snapshot/shadow.ts';
import { commitTree } from '../snapshot/commit-tree.ts';

/** A work tree and a task's result, merged. */
export interface Merged {
  /** The work tree as it is. */
  readonly local: string;
  /** Where there are conflicts, their files hold markers. */
  readonly tree: string;
  readonly conflicts: readonly RawPath[];
  /** From the work tree as it is to `tree`. */
  readonly changes: readonly RawChange[];
}

/** The shadow with the mirror's objects in reach: a result needs no fetch. */
export function withMirror(shadow: Shadow, objects: string): Shadow {
  const quoted = /^"|:/.test(objects) ? `"${objects.replace(/["\\]/g, '\\$&')}"` : objects;
  return {
    ...shadow,
    git: (args, run: GitRun = {}) =>
      shadow.git(args, { ...run, env: { GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted, ...run.env } }),
  };
}

const mergeTree = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages'];

/**
 * Merges what a task changed (`sent` → `result`) into the work tree (`local`), in the shadow. Nothing
 * but trees counts: both sides get `sent` as their only parent, so that it does not matter where HEAD
 * is by now. (git before 2.40 has no `merge-tree --merge-base`.) Conflict markers name the sides `yours` and `name`.
 */
export async function mergeResult(
  shadow: Shadow,
  local: string,
  sent: string,
  result: string,
  name: string,
  signal?: AbortSignal,
): Promise<Merged> {
  const [ours, theirs] = await Promise.all([
    commitTree(shadow, `${local}^{tree}`, sent, signal),
    commitTree(shadow, `${result}^{tree}`, sent, signal),
  ]);
  const merge = (...sides: readonly [string, string]): Promise<GitResult> =>
    shadow.git([...mergeTree, ...sides], { codes: [0, 1], signal });
  let merged = await merge(ours, theirs);
  if (merged.code === 1)
    merged = await withNames(shadow, { yours: ours, [name]: theirs }, () => merge('yours', name));
  const [tree = '', ...conflicts] = splitNul(merged.stdout);
  if (!/^[0-9a-f]{40}$/.test(tree)) throw gitFailure(mergeTree, merged);
  const diff = await shadow.git(['diff-tree', '-r', '--raw', '-z', '--no-renames', local, tree], { signal });
  return {
    local,
    tree,
    conflicts: [...new Set(conflicts.filter((path) => path !== ''))],
    changes: parseRawDiff(diff.stdout),
  };
}

/**
 * A result is not trusted: it may name paths that git or the shell would take for their own.
 *
 * @throws PREFISH_APPLY_FAILED
 */
export function refuseDangerousPaths(changes: readonly RawChange[]): void {
  for (const { path } of changes) {
    const parts = path.split('/');
    if (
      !parts.some((part) => part === '' || part === '.' || part === '..' || /^(\.git|git~\d+)$/i.test(part))
    )
      continue;
    throw new PrefishError(
      'PREFISH_APPLY_FAILED',
      `The result holds a path that must not be written: ${displayPath(path)}`,
    );
  }
}

/** Markers show the sides of a merge by the words that they were given as: for as long as it takes, those are names. */
async function withNames<T>(
  shadow: Shadow,
  names: Readonly<Record<string, string>>,
  merge: () => Promise<T>,
): Promise<T> {
  const refs = Object.entries(names).map(([name, commit]) => [`refs/heads/${name}`, commit] as const);
  const update = async (lines: readonly string[]): Promise<void> => {
    await shadow.git(['update-ref', '--stdin'], { input: `${lines.join('\n')}\n` });
  };
  await update(refs.map(([ref, commit]) => `update ${ref} ${commit}`));
  try {
    return await merge();
  } finally {
    await update(refs.map(([ref]) => `delete ${ref}`));
  }
}
