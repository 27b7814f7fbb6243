import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openControlGroup, removeLeftovers } from '../../../src/sandbox/limits/control-group.ts';
import { findHierarchies } from '../../../src/sandbox/limits/hierarchies.ts';

// Folders dressed as those of the kernel: a machine has either version, and few let tests at both.
let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'prefish-groups-'));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

/** A group with the files that the kernel gives it. */
function group(path: string, files: Readonly<Record<string, string>> = {}): string {
  const folder = join(top, path);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries({ 'cgroup.procs': '', ...files }))
    writeFileSync(join(folder, name), text);
  return folder;
}

const mount = (path: string, type: string, options: string, root = '/'): string =>
  `30 20 0:30 ${root} ${join(top, path)} rw,nosuid - ${type} ${type} rw,${options}`;
const all = 'cpu memory pids\n';

describe('where groups are made', () => {
  it('is below the own group of each controller in version 1, and of version 2 beside it', () => {
    const memory = group('memory/job');
    const pids = group('pids');
    const both = group('unified');
    const mountinfo = [
      mount('memory', 'cgroup', 'memory'),
      mount('pids', 'cgroup', 'pids'),
      mount('unified', 'cgroup2', 'nsdelegate'),
    ].join('\n');
    expect(findHierarchies({ cgroup: '4:memory:/job\n8:pids:/\n3:cpuset:/\n0::/\n', mountinfo })).toEqual([
      { version: 1, folder: memory, controllers: ['memory'] },
      { version: 1, folder: pids, controllers: ['pids'] },
      { version: 2, folder: both, controllers: [] },
    ]);
  });

  it('is the own group of version 2 where its controllers are passed on', () => {
    const own = group('system/prefish.service', {
      'cgroup.controllers': 'memory pids\n',
      'cgroup.subtree_control': 'memory pids\n',
    });
    const mountinfo = mount('', 'cgroup2', '');
    expect(findHierarchies({ cgroup: '0::/system/prefish.service\n', mountinfo })).toEqual([
      { version: 2, folder: own, controllers: ['memory', 'pids'] },
    ]);
  });

  it('is left by a server that is alone in it, so that it may pass them on', () => {
    const own = group('prefish.service', {
      'cgroup.controllers': all,
      'cgroup.subtree_control': '',
      'cgroup.procs': `${process.pid}\n`,
    });
    findHierarchies({ cgroup: '0::/prefish.service\n', mountinfo: mount('', 'cgroup2', '') });
    expect(readFileSync(join(own, 'prefish-server/cgroup.procs'), 'utf8')).toBe(String(process.pid));
    expect(readFileSync(join(own, 'cgroup.subtree_control'), 'utf8')).toMatch(/^\+/);
  });

  it('is left together with what the server has started', () => {
    const child = spawn('sleep', ['60']);
    try {
      const own = group('prefish.service', {
        'cgroup.controllers': all,
        'cgroup.subtree_control': '',
        'cgroup.procs': `${process.pid}\n${child.pid}\n`,
      });
      findHierarchies({ cgroup: '0::/prefish.service\n', mountinfo: mount('', 'cgroup2', '') });
      expect(readFileSync(join(own, 'prefish-server/cgroup.procs'), 'utf8')).toBe(String(child.pid));
    } finally {
      child.kill();
    }
  });

  it('is beside a scope that others are in, and never beside a service', () => {
    const files = { 'cgroup.controllers': all, 'cgroup.subtree_control': all };
    const slice = group('app.slice', files);
    group('app.slice/terminal.scope', { ...files, 'cgroup.subtree_control': '', 'cgroup.procs': '1\n' });
    group('app.slice/x.service', { ...files, 'cgroup.subtree_control': '', 'cgroup.procs': '1\n' });
    const mountinfo = mount('', 'cgroup2', '');
    expect(findHierarchies({ cgroup: '0::/app.slice/terminal.scope\n', mountinfo })[0]?.folder).toBe(slice);
    expect(findHierarchies({ cgroup: '0::/app.slice/x.service\n', mountinfo })).toMatchObject([
      { folder: join(top, 'app.slice/x.service'), controllers: [] },
    ]);
  });

  it('is looked for below what a container has mounted', () => {
    const own = group('memory');
    const mountinfo = mount('memory', 'cgroup', 'memory', '/docker/abc');
    expect(findHierarchies({ cgroup: '4:memory:/docker/abc\n', mountinfo })[0]?.folder).toBe(own);
    expect(findHierarchies({ cgroup: '4:memory:/elsewhere\n', mountinfo })).toEqual([]);
  });
});

describe('a group', () => {
  const limits = { memory: 1000, processes: 10, cpus: 1.5, disk: 1, files: 1 };

  it('has its limits in the words of its version', async () => {
    const [v1, v2] = [group('one'), group('two')];
    await openControlGroup(
      [
        { version: 1, folder: v1, controllers: ['memory', 'cpu'] },
        { version: 2, folder: v2, controllers: ['memory', 'pids', 'cpu'] },
      ],
      't-1',
      limits,
    ).add(42);
    const read = (folder: string, file: string): string =>
      readFileSync(join(folder, `prefish-${process.pid}-t-1`, file), 'utf8');
    expect(read(v1, 'memory.limit_in_bytes')).toBe('1000');
    expect(read(v1, 'cpu.cfs_quota_us')).toBe('150000');
    expect(read(v2, 'memory.max')).toBe('1000');
    expect(read(v2, 'pids.max')).toBe('10');
    expect(read(v2, 'cpu.max')).toBe('150000 100000');
    expect(read(v2, 'cgroup.procs')).toBe('42');
  });

  it('counts what the kernel killed', () => {
    const folder = group('two');
    const made = openControlGroup([{ version: 2, folder, controllers: ['memory'] }], 't', limits);
    expect(made.memoryKills()).toBe(0);
    writeFileSync(join(folder, `prefish-${process.pid}-t/memory.events`), 'oom 3\noom_kill 2\n');
    expect(made.memoryKills()).toBe(2);
  });

  it('of a server that is gone is removed by the next one, and no other', () => {
    const folder = group('two');
    for (const name of ['prefish-999999999-t', `prefish-${process.pid}-t`, 'other'])
      mkdirSync(join(folder, name));
    removeLeftovers([{ version: 2, folder, controllers: [] }]);
    expect(findNames(folder)).toEqual(['other', `prefish-${process.pid}-t`]);
  });
});

function findNames(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
    .sort();
}
