import type { Chunk } from 'parse-diff';

/** A line of a patch; an unended one is the last of a file, and no line break follows it. */
export type Change = Chunk['changes'][number] & { readonly unended?: boolean };

/** The lines of a chunk side by side: what was taken away beside what came in its place. */
export function pairs(changes: readonly Change[]): (readonly [Change | undefined, Change | undefined])[] {
  const rows: (readonly [Change | undefined, Change | undefined])[] = [];
  let [removed, added]: [Change[], Change[]] = [[], []];
  const flush = (): void => {
    const length = Math.max(removed.length, added.length);
    for (let index = 0; index < length; index++) rows.push([removed[index], added[index]]);
    [removed, added] = [[], []];
  };
  for (const change of changes) {
    if (change.type === 'del') removed.push(change);
    else if (change.type === 'add') added.push(change);
    else {
      flush();
      rows.push([change, change]);
    }
  }
  flush();
  return rows;
}
