import type { TaskDiff } from '@prefish/protocol';
import parseDiff, { type Chunk, type File } from 'parse-diff';

/** A patch that is longer is not shown: `prefish tasks diff` pages through it. */
export const longestPatch = 8 * 2 ** 20;

/** A file of a diff with the lines that changed in it. */
export interface FilePatch {
  readonly file: TaskDiff['files'][number];
  readonly chunks: readonly Chunk[];
  /** It has no lines to show: binary, or only its mode or name is new. */
  readonly bare: boolean;
}

/** The files of a diff; git gives their patches in the same order. */
export function filePatches({ files, patch }: TaskDiff): readonly FilePatch[] {
  const sections = patch.length > longestPatch ? [] : patch.split(/^(?=diff --git )/m);
  return files.map((file, index) => {
    const { chunks } = parsePatch(sections[index] ?? '');
    return { file, chunks, bare: chunks.length === 0 };
  });
}

/** The patch of one file; of lines alone, where its head is missing. */
export function parsePatch(patch: string): { readonly path: string; readonly chunks: readonly Chunk[] } {
  const text = patch.startsWith('@@ ') ? `--- a\n+++ b\n${patch}` : patch;
  const files: readonly File[] = parseDiff(text);
  const [{ from, to = from } = {}] = files;
  return { path: to ?? '', chunks: files.flatMap(({ chunks }) => chunks) };
}
