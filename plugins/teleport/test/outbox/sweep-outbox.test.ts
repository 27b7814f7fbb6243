import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openOutbox } from '../../src/outbox/outbox.ts';
import { sweepOutbox } from '../../src/outbox/sweep-outbox.ts';

test('what killed processes left goes; entries, what is held and what is new stay', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'prefish-outbox-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const outbox = openOutbox(folder);
  const old = [
    '.taaaaaaaaaaaaaaa.json.cc2669e4cd84.tmp',
    'taaaaaaaaaaaaaaa.lock',
    'taaaaaaaaaaaaaaa.lock-journal',
    'tbbbbbbbbbbbbbbb.json',
    'tbbbbbbbbbbbbbbb.lock',
  ];
  const anHourAgo = new Date(Date.now() - 3_600_000);
  for (const name of old) {
    await writeFile(join(folder, name), '');
    await utimes(join(folder, name), anHourAgo, anHourAgo);
  }
  await writeFile(join(folder, '.tddddddddddddddd.json.cc2669e4cd84.tmp'), '');
  await outbox.hold('tccccccccccccccc', async () => {
    await utimes(join(folder, 'tccccccccccccccc.lock'), anHourAgo, anHourAgo);
    await sweepOutbox(folder, openOutbox(folder));
    expect((await readdir(folder)).filter((name) => !name.endsWith('-journal')).sort()).toEqual([
      '.tddddddddddddddd.json.cc2669e4cd84.tmp',
      'tbbbbbbbbbbbbbbb.json',
      'tbbbbbbbbbbbbbbb.lock',
      'tccccccccccccccc.lock',
    ]);
  });
  expect(await readdir(folder)).not.toContain('taaaaaaaaaaaaaaa.lock-journal');
});
