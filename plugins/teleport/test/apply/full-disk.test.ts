import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { finishTask } from '../support/finished-task.ts';
import { fingerprint, scratch } from '../support/repository.ts';
import { needs } from '../../../../test/support/needs.ts';

needs('bubblewrap');

const child = fileURLToPath(new URL('apply-child.ts', import.meta.url));

test('a disk that fills up while the tree is changed leaves every file as it was', async () => {
  using s = scratch();
  const folder = join(s.root, 'plain');
  mkdirSync(folder);
  for (let n = 0; n < 8; n += 1) writeFileSync(join(folder, `f${n}`), `${n}\n`);
  const finished = await finishTask(s, folder, (work) => {
    for (let n = 0; n < 8; n += 1) work.write({ [`f${n}`]: Buffer.alloc(200_000, `${n}x`) });
  });
  const file = join(s.root, 'finished.json');
  const report = join(s.root, 'report');
  writeFileSync(file, JSON.stringify(finished));
  const before = fingerprint(folder);
  // The work tree is on a disk of 1 MB of its own, where the result does not fit; everything else has room.
  const script = `cp -a "$1"/. "$2"/ && cd "$2" && cp -a "$2"/. "$3.before" && "$4" --conditions=development "$5" apply "$6" 2>"$3.error"; echo $? >"$3.code"; cp -a "$2"/. "$3.after"`;
  const kept = join(s.root, 'kept');
  mkdirSync(kept);
  execFileSync('cp', ['-a', `${folder}/.`, kept]);
  for (const name of ['before', 'after']) mkdirSync(`${report}.${name}`);
  execFileSync('bwrap', [
    '--dev-bind',
    '/',
    '/',
    '--size',
    '1000000',
    '--tmpfs',
    folder,
    'sh',
    '-c',
    script,
    'sh',
    kept,
    folder,
    report,
    process.execPath,
    child,
    file,
  ]);
  expect(readFileSync(`${report}.code`, 'utf8')).not.toBe('0\n');
  expect(readFileSync(`${report}.error`, 'utf8')).toMatch(/PREFISH_NO_SPACE/);
  expect(fingerprint(`${report}.before`)).toEqual(before);
  expect(fingerprint(`${report}.after`)).toEqual(before);
});
