import { splitLines, type Line } from './lines.ts';

/** Lines shown around a change, as git shows them. */
const contextLines = 3;

/**
 * A unified diff of two versions of a document that differ in one place, as `git apply` takes it.
 * One character of the strings is one byte. `before` is absent where the file is new.
 */
export function unifiedDiff(name: string, before: string | undefined, after: string): string {
  const [old, changed] = [splitLines(before ?? ''), splitLines(after)];
  const first = commonLength(old, changed);
  const rest = Math.min(old.length, changed.length) - first;
  const last = Math.min(rest, commonLength(old.toReversed(), changed.toReversed()));
  const from = Math.max(0, first - contextLines);
  const context = (start: number, end: number): readonly string[] =>
    old.slice(start, end).map((line) => marked(' ', line));
  const oldEnd = old.length - last;
  const to = Math.min(old.length, oldEnd + contextLines);
  const newTo = to + changed.length - old.length;
  return [
    before === undefined ? '--- /dev/null\n' : `--- a/${name}\n`,
    `+++ b/${name}\n`,
    `@@ -${range(from, to)} +${range(from, newTo)} @@\n`,
    ...context(from, first),
    ...old.slice(first, oldEnd).map((line) => marked('-', line)),
    ...changed.slice(first, changed.length - last).map((line) => marked('+', line)),
    ...context(oldEnd, to),
  ].join('');
}

function commonLength(one: readonly Line[], other: readonly Line[]): number {
  const different = one.findIndex(
    ({ text, eol }, index) => text !== other[index]?.text || eol !== other[index].eol,
  );
  return different < 0 ? Math.min(one.length, other.length) : different;
}

function marked(mark: string, { text, eol }: Line): string {
  return eol === '' ? `${mark}${text}\n\\ No newline at end of file\n` : mark + text + eol;
}

/** Where a hunk begins and how many lines it has; one that has none begins before the first. */
function range(from: number, to: number): string {
  const length = to - from;
  return `${length === 0 ? from : from + 1},${length}`;
}
