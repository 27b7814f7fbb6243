import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { linkObjects, listObjects, NotLinkable } from '../src/link-objects.ts';
import { temporaryFolder } from './temporary-folder.ts';

const pack = `pack/pack-${'a'.repeat(40)}`;
const loose = `ab/${'c'.repeat(38)}`;

/** A folder with one pack and one loose object, and what git leaves beside them. */
function objects(folder: string): string {
  const names = [`${pack}.pack`, `${pack}.idx`, `${pack}.keep`, 'pack/tmp_pack_x', loose, 'info/packs'];
  for (const name of names) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), name);
  }
  return folder;
}

test('objects get a second name and last when the first goes; doing it again changes nothing', async () => {
  const root = await temporaryFolder();
  const from = objects(join(root, 'from'));
  const to = join(root, 'to');
  const found = await listObjects(from);
  expect(found).toEqual({ loose: [loose], packs: [pack] });
  for (let time = 0; time < 2; time += 1) await linkObjects(from, found, to, undefined);
  expect(readdirSync(to, { recursive: true }).toSorted()).toEqual(
    ['ab', loose, 'pack', `${pack}.idx`, `${pack}.pack`].toSorted(),
  );
  expect(statSync(join(to, loose)).ino).toBe(statSync(join(from, loose)).ino);
  rmSync(from, { recursive: true });
  expect(readFileSync(join(to, `${pack}.pack`), 'utf8')).toBe(`${pack}.pack`);
  expect(await listObjects(from)).toEqual({ loose: [], packs: [] });
});

test('what is gone since it was listed is left out; a link, and a hundred thousand files, are not linked', async () => {
  const root = await temporaryFolder();
  const from = objects(join(root, 'from'));
  const gone = `cd/${'e'.repeat(38)}`;
  await linkObjects(from, { loose: [gone, loose] }, join(root, 'to'), undefined);
  expect((await listObjects(join(root, 'to'))).loose).toEqual([loose]);
  const many = Array.from({ length: 100_000 }, () => loose);
  await expect(linkObjects(from, { loose: many }, join(root, 'many'), undefined)).rejects.toThrow(
    NotLinkable,
  );
  rmSync(join(from, loose));
  symlinkSync('/etc/passwd', join(from, loose));
  await expect(linkObjects(from, { loose: [loose] }, join(root, 'link'), undefined)).rejects.toThrow(
    NotLinkable,
  );
});

test('linking stops when it is told to', async () => {
  const root = await temporaryFolder();
  const from = objects(join(root, 'from'));
  const stopped = AbortSignal.abort(new Error('stopped'));
  await expect(linkObjects(from, { loose: [loose] }, join(root, 'to'), stopped)).rejects.toThrow('stopped');
});
