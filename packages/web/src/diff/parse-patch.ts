import type { Change } from './pairs.ts';
import { installScripts, riskOfPath, type TaskDiff } from '@prefish/protocol';
import parseDiff, { type Chunk, type File } from 'parse-diff';

/** A patch that is longer is not shown: `prefish tasks diff` pages through it. */
export const longestPatch: number = 8 * 2 ** 20;

const link = '120000';
const program = '100755';

/** A file of a diff with what changed in it. */
export interface FilePatch {
  readonly file: TaskDiff['files'][number];
  readonly chunks: readonly Chunk[];
  readonly binary: boolean;
  /** What it was called before. */
  readonly from?: string;
  /** What it is called by: `link`, `program` … */
  readonly marks: readonly string[];
  /** Why the change reaches further than the file, as the end of a sentence. */
  readonly risk?: string;
}

interface Section {
  readonly patch: FilePatch;
  /** Full object ids: `undefined` where git names none. */
  readonly ids: readonly [before: string, after: string] | undefined;
}

/** The files of a diff; git gives their patches in the same order. */
export function filePatches({ files, patch }: TaskDiff): readonly FilePatch[] {
  const sections = patch.length > longestPatch ? [] : patch.split(/^(?=diff --git )/m);
  return withRenames(files.map((file, index) => sectionOf(file, sections[index] ?? '')));
}

/** The patch of one file; of lines alone, where its head is missing. */
export function parsePatch(patch: string): { readonly path: string; readonly chunks: readonly Chunk[] } {
  const text = patch.startsWith('@@ ') ? `--- a\n+++ b\n${patch}` : patch;
  const files: readonly File[] = parseDiff(text);
  const [{ from, to = from } = {}] = files;
  return { path: to ?? '', chunks: files.flatMap(({ chunks }) => chunks).map(withEnds) };
}

/** What git says of the end of a file is no line of it. */
function withEnds(chunk: Chunk): Chunk {
  const changes: Change[] = [];
  for (const change of chunk.changes) {
    const last = changes.at(-1);
    if (!change.content.startsWith('\\')) changes.push(change);
    else if (last !== undefined) changes[changes.length - 1] = { ...last, unended: true };
  }
  return { ...chunk, changes };
}

function sectionOf(file: FilePatch['file'], text: string): Section {
  const { chunks } = parsePatch(text);
  const lines = text.search(/^(@@ |GIT binary patch|Binary files )/m);
  const head = lines < 0 ? text : text.slice(0, lines);
  const ids = /^index ([0-9a-f]+)\.\.([0-9a-f]+)/m.exec(head);
  const before = /^(?:old|deleted file) mode (\d+)/m.exec(head)?.[1];
  const after = /^new (?:file )?mode (\d+)/m.exec(head)?.[1];
  const risk = riskOf(file, chunks, before, after);
  return {
    ids: ids === null ? undefined : [ids[1]!, ids[2]!],
    patch: {
      file,
      chunks,
      binary: /^(GIT binary patch|Binary files )/m.test(text.slice(head.length, head.length + 200)),
      marks: marksOf(file, before, after),
      ...(risk !== undefined && { risk }),
    },
  };
}

function marksOf({ status }: FilePatch['file'], before?: string, after?: string): string[] {
  if (before === link || after === link) return ['link'];
  if (status === 'added' && after === program) return ['program'];
  if (status !== 'modified') return [];
  if (after === program && before !== program) return ['now a program'];
  return before === program && after !== undefined && after !== program ? ['no program any more'] : [];
}

function riskOf(
  { path, status }: FilePatch['file'],
  chunks: readonly Chunk[],
  before: string | undefined,
  after: string | undefined,
): string | undefined {
  if (status === 'deleted') return undefined;
  const known = riskOfPath(path);
  if (known !== undefined) return known;
  const added = chunks.flatMap(({ changes }) => changes.filter(({ type }) => type === 'add'));
  if (after === link) return `is a link to ${added[0]?.content.slice(1) ?? 'somewhere'}`;
  if (after === program && before !== program) return 'becomes a program';
  if (!/(^|\/)package\.json$/i.test(path)) return undefined;
  const script = /^\+\s*"([a-z]+)"\s*:/;
  const changed = added.some(({ content }) => installScripts.has(script.exec(content)?.[1] ?? ''));
  return changed ? 'changes what npm install runs' : undefined;
}

/** A file that is gone and one that came with the same content are one that was renamed. */
function withRenames(sections: readonly Section[]): readonly FilePatch[] {
  const gone = new Map<string, Section>();
  for (const section of sections) {
    const [before] = section.ids ?? [];
    if (section.patch.file.status === 'deleted' && before !== undefined) gone.set(before, section);
  }
  const moved = new Set<Section>();
  const patches = sections.map((section): readonly [Section, FilePatch] => {
    const { patch, ids } = section;
    const source = patch.file.status === 'added' ? gone.get(ids?.[1] ?? '') : undefined;
    if (source === undefined || moved.has(source)) return [section, patch];
    moved.add(source);
    const file = { ...patch.file, insertions: 0, deletions: 0 };
    return [section, { ...patch, file, chunks: [], binary: false, from: source.patch.file.path }];
  });
  return patches.flatMap(([section, patch]) => (moved.has(section) ? [] : [patch]));
}
