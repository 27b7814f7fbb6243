import { PrefishError } from '@prefish/protocol';
import { gitFailure, splitNul, type GitRun } from '../git/git.ts';
import { parseRawDiff, type RawChange } from '../git/raw-diff.ts';
import { displayPath, type RawPath } from '../git/raw-path.ts';
import type { Shadow } from '../snapshot/shadow.ts';
import { commitTree } from '../snapshot/commit-tree.ts';

/** A work tree and a task's result, merged. */
export interface Merged {
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

/**
 * Merges what a task changed (`sent` → `result`) into the work tree (`local`), in the shadow. Nothing
 * but trees counts: both sides get `sent` as their only parent, so that it does not matter where HEAD
 * is by now. (git before 2.40 has no `merge-tree --merge-base`.)
 */
export async function mergeResult(
  shadow: Shadow,
  local: string,
  sent: string,
  result: string,
  signal?: AbortSignal,
): Promise<Merged> {
  const [ours, theirs] = await Promise.all([
    commitTree(shadow, `${local}^{tree}`, sent, signal),
    commitTree(shadow, `${result}^{tree}`, sent, signal),
  ]);
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', ours, theirs];
  const merged = await shadow.git(args, { codes: [0, 1], signal });
  const [tree = '', ...conflicts] = splitNul(merged.stdout);
  if (!/^[0-9a-f]{40}$/.test(tree)) throw gitFailure(args, merged);
  const diff = await shadow.git(['diff-tree', '-r', '--raw', '-z', '--no-renames', local, tree], { signal });
  return {
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
