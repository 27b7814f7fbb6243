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
  /** What it is called by: `link`, `program` … */
  readonly marks: readonly string[];
  /** Why the change reaches further than the file, as the end of a sentence. */
  readonly risk?: string;
}

/** What git says of a file: its modes, where it says any, and its lines. */
interface Section {
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly renames: boolean;
  readonly binary: boolean;
  readonly chunks: readonly Chunk[];
}

/** The files of a diff; git gives their patches in the same order. */
export function filePatches({ files, patch }: TaskDiff): readonly FilePatch[] {
  const parts = patch.length > longestPatch ? [] : patch.split(sectionStart);
  const sections = parts.filter((part) => part.startsWith('diff --git ')).map(parseSection);
  let next = 0;
  return files.map((file) => {
    // A file that became a link goes, and comes again; so does one that was renamed, where it is no UTF-8.
    const isTwo =
      file.status === 'renamed' ? sections[next]?.renames === false : file.status === 'type-changed';
    const count = isTwo ? 2 : 1;
    next += count;
    return patchOf(file, sections.slice(next - count, next));
  });
}

/** The patch of one file; of lines alone, where its head is missing. */
export function parsePatch(patch: string): { readonly path: string; readonly chunks: readonly Chunk[] } {
  const text = patch.startsWith('@@ ') ? `--- a\n+++ b\n${patch}` : patch;
  const files: readonly File[] = parseDiff(text);
  const [{ from, to = from } = {}] = files;
  return { path: to ?? '', chunks: withUsualEnds(files.flatMap(({ chunks }) => chunks).map(withEnds)) };
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

/** Lines that all end as Windows has them look like any others; where only some do, that is to be seen. */
function withUsualEnds(chunks: readonly Chunk[]): readonly Chunk[] {
  const isUsual = ({ content, unended }: Change): boolean => unended === true || content.endsWith('\r');
  if (!chunks.every(({ changes }) => changes.every(isUsual))) return chunks;
  const bare = (change: Change): Change => ({ ...change, content: change.content.replace(/\r$/, '') });
  return chunks.map((chunk) => ({ ...chunk, changes: chunk.changes.map(bare) }));
}

// Lines end with \n alone. What else ends one for `^` (a carriage return, U+2028) may stand in the lines of a file,
// and would let it pass for another.
const sectionStart = /(?<=\n)(?=diff --git )/;
const linesStart = /\n(@@ |GIT binary patch\n|Binary files )/;

function parseSection(text: string): Section {
  const { chunks } = parsePatch(text);
  const lines = linesStart.exec(text);
  const head = lines === null ? text : text.slice(0, lines.index + 1);
  // Beside the objects stands a mode that stays.
  const same = /\nindex [0-9a-f]+\.\.[0-9a-f]+ (\d+)/.exec(head)?.[1];
  return {
    before: same ?? /\n(?:old|deleted file) mode (\d+)/.exec(head)?.[1],
    after: same ?? /\nnew (?:file )?mode (\d+)/.exec(head)?.[1],
    renames: head.includes('\nrename from '),
    binary: lines !== null && lines[1] !== '@@ ',
    chunks,
  };
}

function patchOf(file: FilePatch['file'], sections: readonly Section[]): FilePatch {
  const before = sections.find((section) => section.before !== undefined)?.before;
  const said = sections.find((section) => section.after !== undefined)?.after;
  const after = said ?? (file.link === true ? link : undefined);
  const chunks = sections.flatMap((section) => section.chunks);
  const binary = sections.some((section) => section.binary);
  const isSeen = sections.length > 0 && !binary;
  const risk = riskOf(file, isSeen ? chunks : undefined, before, after);
  return {
    file,
    chunks,
    binary,
    marks: marksOf(file, before, after),
    ...(risk !== undefined && { risk }),
  };
}

function marksOf({ status }: FilePatch['file'], before?: string, after?: string): string[] {
  if (before === link || after === link) return ['link'];
  if (status === 'added' && after === program) return ['program'];
  if (after === program && before !== program) return ['now a program'];
  return before === program && after !== undefined && after !== program ? ['no program any more'] : [];
}

/** @param chunks None where its lines are not to be seen */
function riskOf(
  { path, from, status }: FilePatch['file'],
  chunks: readonly Chunk[] | undefined,
  before: string | undefined,
  after: string | undefined,
): string | undefined {
  if (status === 'deleted') return undefined;
  const known = riskOfPath(path);
  if (known !== undefined) return known;
  const added = chunks?.flatMap(({ changes }) => changes.filter(({ type }) => type === 'add')) ?? [];
  if (after === link) return `is a link to ${added[0]?.content.slice(1) ?? 'somewhere'}`;
  if (after === program && before !== program) return 'becomes a program';
  if (!isManifest(path)) return undefined;
  if (chunks === undefined || (from !== undefined && !isManifest(from)))
    return 'may change what npm install runs';
  const changed = added.some(({ content }) => namesIn(content).some((name) => installScripts.has(name)));
  return changed ? 'changes what npm install runs' : undefined;
}

const isManifest = (path: string): boolean => /(^|\/)package\.json$/i.test(path);

// Each string is read once, to its end or to that of the line: a line may hold millions of quotes.
const stringInJson = /("(?:[^"\\]|\\.?)*"?)\s*(?=(.?))/g;

/**
 * The names of properties in a line of JSON, as its parser reads them: `post\u0069nstall` is one. What stands last may
 * be one, with the colon in the next line.
 */
function namesIn(line: string): readonly string[] {
  return [...line.matchAll(stringInJson)].map(([, string, next]) => {
    try {
      return next === ':' || next === '' ? (JSON.parse(string!) as string) : '';
    } catch {
      return '';
    }
  });
}
