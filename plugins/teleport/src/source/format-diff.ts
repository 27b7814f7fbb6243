import type { FileChange, TaskDiff } from '@prefish/protocol';

const colours: readonly (readonly [RegExp, number])[] = [
  [/^(diff |index |new file|deleted file|old mode|new mode|similarity |rename |--- |\+\+\+ )/, 1],
  [/^@@/, 36],
  [/^\+/, 32],
  [/^-/, 31],
];

/** A diff for people: one line a file, then the patch; for a terminal in colour, its ids short. A pipe gets what `git apply` takes. */
export function formatDiff(diff: TaskDiff, colour: boolean): string {
  if (diff.files.length === 0) return 'The task changed nothing.';
  const width = diff.files.reduce((widest, file) => Math.max(widest, nameOf(file).length), 0);
  const stat = diff.files.map((file) => formatFile(file, width, colour));
  const patch = colour ? diff.patch.split('\n').map(shortIds).map(paint).join('\n') : diff.patch;
  return `${stat.join('\n')}\n\n${patch.trimEnd()}`;
}

function formatFile(file: FileChange, width: number, colour: boolean): string {
  const note = file.status === 'modified' ? '' : ` (${file.status})`;
  const counts = colour
    ? `\u001b[32m+${file.insertions}\u001b[39m \u001b[31m−${file.deletions}\u001b[39m`
    : `+${file.insertions} −${file.deletions}`;
  return `${nameOf(file).padEnd(width)}  ${counts}${note}`;
}

function nameOf({ path, from }: FileChange): string {
  return from === undefined ? path : `${from} → ${path}`;
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
