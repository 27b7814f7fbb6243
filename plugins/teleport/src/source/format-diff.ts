import type { FileChange, TaskDiff } from '@prefish/protocol';
import { printable } from '../snapshot/describe-snapshot.ts';

/** How {@link formatDiff} shows a diff. */
export interface DiffFormat {
  readonly colour: boolean;
  readonly stat?: boolean | undefined;
  /** What is said where nothing differs. */
  readonly none: string;
}

const colours: readonly (readonly [RegExp, number])[] = [
  [/^(diff |index |new file|deleted file|old mode|new mode|similarity |rename |--- |\+\+\+ )/, 1],
  [/^@@/, 36],
  [/^\+/, 32],
  [/^-/, 31],
];

/**
 * A diff for people: one line a file, then the patch; in colour its ids are short, without it is what `git apply`
 * takes. With `stat`, the lines alone.
 */
export function formatDiff(diff: TaskDiff, { colour, stat: alone = false, none }: DiffFormat): string {
  if (diff.files.length === 0) return none;
  const width = diff.files.reduce((widest, file) => Math.max(widest, nameOf(file).length), 0);
  const lines = diff.files.map((file) => formatFile(file, width, colour));
  const stat = [...lines, ...(diff.files.length > 1 ? [sumOf(diff, colour)] : [])].join('\n');
  if (alone) return diff.cut === undefined ? stat : `${stat}\n# ${diff.cut}`;
  const patch = colour ? diff.patch.split('\n').map(shortIds).map(paint).join('\n') : diff.patch;
  return `${stat}\n\n${patch.trimEnd()}`;
}

function formatFile(file: FileChange, width: number, colour: boolean): string {
  const note = file.status === 'modified' ? '' : ` (${file.status})`;
  return `${nameOf(file).padEnd(width)}  ${countsOf(file, colour)}${note}`;
}

/** `3 files  +7 −2` */
function sumOf({ files }: TaskDiff, colour: boolean): string {
  const [insertions, deletions] = (['insertions', 'deletions'] as const).map((count) =>
    files.reduce((sum, file) => sum + file[count], 0),
  ) as [number, number];
  return `${files.length} files  ${countsOf({ insertions, deletions }, colour)}`;
}

function countsOf(
  { insertions, deletions }: Pick<FileChange, 'insertions' | 'deletions'>,
  colour: boolean,
): string {
  return colour
    ? `\u001b[32m+${insertions}\u001b[39m \u001b[31m−${deletions}\u001b[39m`
    : `+${insertions} −${deletions}`;
}

function nameOf({ path, from }: FileChange): string {
  return printable(from === undefined ? path : `${from} → ${path}`);
}

/** As git itself shows them to people. No other line of a patch begins like this. */
function shortIds(line: string): string {
  return line.replace(/^index ([0-9a-f]{7})[0-9a-f]*\.\.([0-9a-f]{7})[0-9a-f]*/, 'index $1..$2');
}

function paint(line: string): string {
  const colour = colours.find(([pattern]) => pattern.test(line))?.[1];
  if (colour === undefined) return line;
  return `\u001b[${colour}m${line}\u001b[${colour === 1 ? 22 : 39}m`;
}
