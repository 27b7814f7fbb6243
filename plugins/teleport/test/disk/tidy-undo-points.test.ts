import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createJournalFolder, writeJournal } from '../../src/apply/journal.ts';
import { tidyUndoPoints } from '../../src/disk/tidy-undo-points.ts';
import { scratch } from '../support/repository.ts';

const hour = 3600_000;
const signal = AbortSignal.timeout(20_000);

test('undo points go that are a month old, and the oldest of too many, but none of the last day', async () => {
  using s = scratch();
  const folder = join(s.folders.data, 'undo');
  const key = 'k'.repeat(32);
  const made = async (ageMs: number, state: 'prepared' | 'applied' = 'applied'): Promise<string> => {
    const { id, folder: own } = await createJournalFolder(folder, key);
    writeFileSync(join(own, 'before'), Buffer.alloc(500_000, 1));
    const createdAt = new Date(Date.now() - ageMs).toISOString();
    await writeJournal(folder, {
      version: 1,
      id,
      key,
      root: s.root,
      task: 't',
      createdAt,
      state,
      changes: [],
    });
    return id;
  };
  const [month, unfinished] = [await made(31 * 24 * hour), await made(40 * 24 * hour, 'prepared')];
  const [week, days, hours, now] = [
    await made(7 * 24 * hour),
    await made(48 * hour),
    await made(20 * hour),
    await made(0),
  ];
  const left = (): string[] => readdirSync(folder).filter((name) => !name.includes('.lock'));

  expect(await tidyUndoPoints(folder, { dryRun: true, signal })).toMatchObject({ points: 1 });
  expect(left()).toContain(month);
  expect((await tidyUndoPoints(folder, { dryRun: false, signal })).freed).toBeGreaterThan(499_999);
  expect(left().toSorted()).toEqual([unfinished, week, days, hours, now].toSorted());
  expect(await tidyUndoPoints(folder, { dryRun: false, signal, mostBytes: 1_700_000 })).toMatchObject({
    points: 1,
  });
  expect(left().toSorted()).toEqual([unfinished, days, hours, now].toSorted());
  expect(await tidyUndoPoints(folder, { dryRun: false, signal, mostBytes: 0 })).toMatchObject({ points: 1 });
  expect(left().toSorted()).toEqual([unfinished, hours, now].toSorted());
});
