import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  pushSnapshot,
  readRefusal,
  readUploadProgress,
  type UploadProgress,
} from '../../src/outbox/push-snapshot.ts';
import { scratch } from '../support/repository.ts';

test('what is pushed to a mirror on this machine is not compressed: a large file would take long', async () => {
  using s = scratch();
  const repository = s.repository({ a: '1\n' });
  const bytes = 2_000_000;
  repository.write({ large: Buffer.alloc(bytes) });
  const mirror = join(s.root, 'mirror.git');
  execFileSync('git', ['init', '-q', '--bare', mirror], { env: s.env });
  const { git, shadow, snapshot } = await s.capture(repository.path);
  const outgoing = { id: 't1', commit: snapshot.commit, shadow: shadow.folder };
  await pushSnapshot(git, outgoing, { url: mirror, env: {} });
  const id = (await shadow.git(['rev-parse', `${snapshot.commit}:large`])).stdout.toString().trim();
  expect(statSync(join(mirror, 'objects', id.slice(0, 2), id.slice(2))).size).toBeGreaterThan(bytes);
});

test('a push that is killed on the way begins again by itself, says how far it is, and arrives', async () => {
  using s = scratch();
  const repository = s.repository({ a: '1\n' });
  repository.write(Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`f${n}`, randomBytes(50_000)])));
  const mirror = join(s.root, 'mirror.git');
  execFileSync('git', ['init', '-q', '--bare', mirror], { env: s.env });
  const bin = join(s.root, 'bin');
  mkdirSync(bin);
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  const pids = join(s.root, 'pids');
  const script = `#!/bin/sh\ncase " $* " in *" push "*) echo $$ >>${pids};; esac\nexec ${real} "$@"\n`;
  writeFileSync(join(bin, 'git'), script, { mode: 0o755 });
  s.env['PATH'] = `${bin}:${s.env['PATH']}`;
  const mark = join(s.root, 'killed');
  const hook = `#!/bin/sh\n[ -e ${mark} ] && exit 0\ntouch ${mark}\nkill -KILL $(cat ${pids})\nexit 1\n`;
  writeFileSync(join(mirror, 'hooks/pre-receive'), hook, { mode: 0o755 });
  const { git, shadow, snapshot } = await s.capture(repository.path);
  const outgoing = { id: 't1', commit: snapshot.commit, shadow: shadow.folder };
  const said: UploadProgress[] = [];
  await pushSnapshot(git, outgoing, { url: mirror, env: {} }, undefined, (progress) => said.push(progress));
  expect(readFileSync(pids, 'utf8').trim().split('\n')).toHaveLength(2);
  expect(said.at(-1)).toMatchObject({ percent: 100 });
  const arrived = execFileSync('git', ['-C', mirror, 'rev-parse', 'refs/prefish/snapshots/t1'], {
    encoding: 'utf8',
  });
  expect(arrived.trim()).toBe(snapshot.commit);
});

test('what is not committed goes once, and not with every line', async () => {
  using s = scratch();
  const repository = s.repository({ a: '1\n' });
  repository.write({ large: randomBytes(3_000_000) });
  const mirror = join(s.root, 'mirror.git');
  execFileSync('git', ['init', '-q', '--bare', mirror], { env: s.env });
  let latest: string | undefined;
  const push = async (id: string): Promise<number> => {
    const { git, shadow, snapshot } = await s.capture(repository.path);
    const outgoing = { id, commit: snapshot.commit, shadow: shadow.folder };
    const said: UploadProgress[] = [];
    await pushSnapshot(git, outgoing, { url: mirror, env: {}, latest }, undefined, (now) => said.push(now));
    const ref = `refs/prefish/snapshots/${id}`;
    const arrived = execFileSync('git', ['-C', mirror, 'log', '-1', '--format=%H %P', ref]);
    expect(arrived.toString().trim()).toBe(`${snapshot.commit} ${snapshot.base.commit}`);
    latest = snapshot.commit;
    return said.at(-1)?.bytes ?? 0;
  };
  expect(await push('t1')).toBeGreaterThan(2_500_000);
  repository.write({ b: 'new\n' });
  expect(await push('t2')).toBeLessThan(10_000);
  // That of another clone is none that is here.
  latest = '0123456789abcdef0123456789abcdef01234567';
  repository.write({ b: 'newer\n' });
  await push('t3');
  execFileSync('git', ['-C', mirror, 'fsck', '--strict'], { stdio: 'pipe' });
});

test('what a mirror refuses is not sent again, and said without the progress', async () => {
  using s = scratch();
  const repository = s.repository({ a: randomBytes(100_000) as unknown as string });
  const mirror = join(s.root, 'mirror.git');
  execFileSync('git', ['init', '-q', '--bare', mirror], { env: s.env });
  execFileSync('git', ['-C', mirror, 'config', 'receive.maxInputSize', '1000'], { env: s.env });
  const { git, shadow, snapshot } = await s.capture(repository.path);
  const outgoing = { id: 't1', commit: snapshot.commit, shadow: shadow.folder };
  await expect(
    pushSnapshot(git, outgoing, { url: mirror, env: {} }, undefined, () => {}),
  ).rejects.toMatchObject({
    code: 'PREFISH_SNAPSHOT_REFUSED',
    message: expect.stringMatching(
      /^The snapshot is larger than the server takes(: 1000 bytes at the moment)?$/,
    ),
    hint: expect.stringContaining('.prefishignore'),
    cause: { message: expect.not.stringContaining('%') },
  });
});

test('why a server lets no push begin is read as it was said', () => {
  const full =
    'fatal: remote error: ada has 2 MB on this server. [PREFISH_LIMIT] prefish tasks rm ID makes room.';
  expect(readRefusal(full)).toMatchObject({
    code: 'PREFISH_LIMIT',
    message: 'ada has 2 MB on this server.',
    hint: 'prefish tasks rm ID makes room.',
    retryAfter: undefined,
  });
  expect(readRefusal('git push failed: fatal: remote error: wait [PREFISH_LIMIT 3 s]; more')).toMatchObject({
    message: 'wait',
    hint: undefined,
    retryAfter: 3,
  });
  for (const other of [
    'fatal: remote error: access denied',
    'remote error: x [PREFISH_NONE]',
    'x [PREFISH_LIMIT]',
  ]) {
    expect(readRefusal(other)).toBeUndefined();
  }
});

test('progress is read as git writes it', () => {
  expect(readUploadProgress('Writing objects:  40% (2/5), 1.20 MiB | 800.00 KiB/s')).toEqual({
    percent: 40,
    bytes: 1_258_291,
  });
  expect(readUploadProgress('Writing objects:   0% (0/5)')).toEqual({ percent: 0 });
  expect(readUploadProgress('Counting objects: 100% (5/5), done.')).toBeUndefined();
});
