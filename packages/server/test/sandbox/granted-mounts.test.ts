import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkGrantedMounts } from '../../src/sandbox/granted-mounts.ts';
import { createTaskHost, type TaskHost } from '../fixtures/task-host.ts';
import { needs } from '../../../../test/support/needs.ts';

describe('what a configuration may let tasks see', () => {
  let top: string;
  let home: string;
  beforeEach(() => {
    top = realpathSync(mkdtempSync(join(tmpdir(), 'prefish-grants-')));
    home = join(top, 'home');
    for (const folder of ['data', '.ssh', '.config/gh', '.local', 'server/work'])
      mkdirSync(join(home, folder), { recursive: true });
    writeFileSync(join(home, 'data', '.npmrc'), 'token');
    symlinkSync(home, join(top, 'link'));
    symlinkSync(join(home, '.ssh'), join(home, 'keys'));
  });
  afterEach(() => rmSync(top, { recursive: true, force: true }));

  const check = (path: string): void =>
    checkGrantedMounts([{ path }], { home, hidden: [join(home, 'server')] });

  it('is a folder of theirs, or a file', () => {
    expect(() => check(join(home, 'data'))).not.toThrow();
    expect(() => check('/etc/hostname')).not.toThrow();
  });

  it.each([
    ['a home', () => home, 'is a home'],
    ['what is above it', () => top, 'is a home, or holds one'],
    ['a link to it', () => join(top, 'link'), 'is a home'],
    ['what is not there', () => join(home, 'nothing'), 'is not there'],
    ['a relative path', () => 'data', 'no absolute'],
    ['a path with ..', () => `${home}/data/../.ssh`, 'no absolute'],
    ['a folder of keys', () => join(home, '.ssh'), 'credentials'],
    ['a link to one', () => join(home, 'keys'), 'credentials'],
    ['what holds one', () => join(home, '.config'), 'credentials'],
    ['where programs keep what they like', () => join(home, '.local'), 'credentials'],
    ['a file with a token', () => join(home, 'data', '.npmrc'), 'credentials'],
    ['what is the server’s', () => join(home, 'server', 'work'), 'credentials'],
    ['the whole disk', () => '/', 'folder of the system'],
    ['the kernel’s folders', () => '/proc/1', 'folder of the system'],
  ])('is never %s', (_name, path, why) => {
    expect(() => check(path())).toThrow(why);
  });
});

describe('a granted folder', () => {
  needs('bubblewrap');
  let host: TaskHost;
  beforeEach(() => {
    host = createTaskHost();
  });
  afterEach(() => host.remove());

  it('is where it is, as writable as was said, without the credentials in it', async () => {
    const [data, out] = [join(host.home, 'data'), join(host.home, 'out')];
    host.write('../data/file', 'shared\n');
    host.write('../data/.npmrc', 'token\n');
    host.write('../out/.keep', '');
    const options = { mounts: [{ path: data }, { path: out, writable: true }] };
    const line = `cat ${data}/file ${data}/.npmrc; echo x > ${data}/new; echo made > ${out}/new; ls -A ${dirname(data)}`;
    const run = await host.run(await host.submit(line, { options }));
    expect(run.stdout).toBe('shared\ndata\nout\nproject\n');
    expect(readFileSync(join(out, 'new'), 'utf8')).toBe('made\n');
  });
});
