import { PrefishError, type TaskDiff } from '@prefish/protocol';
import { compare, countLines, mostFiles, type Between } from './changes.ts';
import { utf8Patch } from './patch.ts';

/** How long git may look for differences, in milliseconds. */
const deadline = 30_000;

/**
 * What differs between two commits: the files, with how many lines each gained and lost (0 for binary ones), and a patch
 * that `git apply` takes. Of many files those are given that come first, and of a long patch whole files.
 *
 * @throws PREFISH_LIMIT when it takes too long
 */
export async function diffCommits(
  gitDir: string,
  from: string,
  to: string,
  caller?: AbortSignal,
): Promise<TaskDiff> {
  const limit = AbortSignal.timeout(deadline);
  const signal = caller === undefined ? limit : AbortSignal.any([caller, limit]);
  const between: Between = { gitDir, from, to, signal };
  try {
    const compared = await compare(between);
    const [files, patch] = await Promise.all([countLines(between, compared), utf8Patch(between, compared)]);
    const missing = [
      ...(compared.more ? [`the list is cut after ${mostFiles} files`] : []),
      ...(patch.cut === undefined ? [] : [`the patch is cut ${patch.cut}`]),
    ];
    if (missing.length === 0) return { files, patch: patch.text };
    const cut = `${missing.join(', and ')}; the result itself is whole`;
    return { files, patch: `${patch.text}# ${cut}\n`, cut };
  } catch (error) {
    caller?.throwIfAborted();
    if (!limit.aborted) throw error;
    throw new PrefishError(
      'PREFISH_LIMIT',
      `git took longer than ${deadline / 1000} s to compare the files`,
      {
        hint: 'prefish tasks apply ID brings the result home all the same; git shows it there.',
        cause: error,
      },
    );
  }
}
