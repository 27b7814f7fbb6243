import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTaskHost, type TaskHost } from '../fixtures/task-host.ts';
import { needs } from '../../../../test/support/needs.ts';

needs('bubblewrap');

let host: TaskHost;
beforeEach(() => {
  host = createTaskHost();
});
afterEach(() => host.remove());

/** Puts an executable script below the home. */
function tool(path: string, script: string): void {
  const file = join(host.home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, script);
  chmodSync(file, 0o755);
}

function link(path: string, target: string): void {
  mkdirSync(dirname(join(host.home, path)), { recursive: true });
  symlinkSync(target, join(host.home, path));
}

describe('the tools of the submitter', () => {
  it('include a Node that nvm put below the home, and scripts that name it by env', async () => {
    const bin = join(host.home, '.nvm/versions/node/v24/bin');
    mkdirSync(bin, { recursive: true });
    copyFileSync(realpathSync(process.execPath), join(bin, 'node'));
    tool(
      '.nvm/versions/node/v24/lib/node_modules/npm/bin/npm-cli.js',
      '#!/usr/bin/env node\nconsole.log("npm of nvm");\n',
    );
    link('.nvm/versions/node/v24/bin/npm', '../lib/node_modules/npm/bin/npm-cli.js');
    const path = `${bin}:/usr/local/bin:/usr/bin:/bin`;
    const run = await host.run(await host.submit('npm; command -v node; echo x > $HOME/.nvm/x', { path }));
    expect(run.stdout).toBe(`npm of nvm\n${bin}/node\n`);
    expect(run.exit).not.toEqual({ code: 0 });
    expect(existsSync(join(host.home, '.nvm/x'))).toBe(false);
  });

  it('work through links: fnm’s shells, versions behind ~/.local/bin, a virtual environment’s python', async () => {
    tool('.local/share/fnm/node-versions/v20/installation/bin/fnm-node', '#!/bin/sh\necho fnm\n');
    link('run/fnm_multishells/1_2', join(host.home, '.local/share/fnm/node-versions/v20/installation'));
    tool('.local/share/agent/versions/1.0', '#!/bin/sh\necho agent\n');
    link('.local/bin/agent', join(host.home, '.local/share/agent/versions/1.0'));
    tool('.local/share/uv/python/cpython/bin/python', '#!/bin/sh\necho python\n');
    link('.local/share/uv/tools/ruff/bin/python', '../../../python/cpython/bin/python');
    tool(
      '.local/share/uv/tools/ruff/bin/ruff',
      '#!/bin/sh\nexec "$(dirname "$(readlink -f "$0")")/python"\n',
    );
    link('.local/bin/ruff', '../share/uv/tools/ruff/bin/ruff');
    const path = ['run/fnm_multishells/1_2/bin', '.local/bin'].map((name) => join(host.home, name)).join(':');
    const run = await host.run(await host.submit('fnm-node; agent; ruff', { path: `${path}:/usr/bin:/bin` }));
    expect(run).toMatchObject({ stdout: 'fnm\nagent\npython\n', exit: { code: 0 } });
  });

  it('bring neither the rest of the home nor credentials', async () => {
    tool('.cargo/bin/cargo', '#!/bin/sh\necho cargo\n');
    writeFileSync(join(host.home, '.cargo/credentials.toml'), 'token = "secret"\n');
    writeFileSync(join(host.home, '.npmrc'), '//registry/:_authToken=secret\n');
    mkdirSync(join(host.home, '.ssh'));
    writeFileSync(join(host.home, '.ssh/id_ed25519'), 'secret\n');
    const path = `${host.home}/.cargo/bin:${host.home}:.:/usr/bin:/bin`;
    const line =
      'cargo; cat ~/.cargo/credentials.toml; cat ~/.npmrc ~/.ssh/id_ed25519 /etc/shadow; touch ~/mine && ls -A ~';
    const run = await host.run(await host.submit(line, { path }));
    expect(run.stdout).toBe('cargo\n.cargo\nmine\nproject\n');
    expect(JSON.stringify(run.events)).not.toContain('secret');
    expect(existsSync(join(host.home, 'mine'))).toBe(false);
  });
});

describe('the machine', () => {
  it('shows nothing of the server, though a folder of programs lies in its own', async () => {
    for (const below of ['bin', 'lib']) mkdirSync(join(host.folder, below), { recursive: true });
    writeFileSync(join(host.folder, 'tasks.db'), '');
    const path = `${host.folder}/bin:/usr/bin:/bin`;
    const run = await host.run(await host.submit(`ls ${host.folder}`, { path }));
    expect(run).toMatchObject({ exit: { code: 0 }, stdout: 'repositories\n' });
  });

  it('shows of what lies around a folder of programs only what a tool has around it', async () => {
    mkdirSync(join(host.home, 'other/bin'), { recursive: true });
    writeFileSync(join(host.home, 'other/letter.txt'), '');
    const path = `${host.home}/other/bin:/usr/bin:/bin`;
    const run = await host.run(await host.submit(`ls ${host.home}/other`, { path }));
    expect(run).toMatchObject({ exit: { code: 0 }, stdout: 'bin\n' });
  });

  it.each(['/var/tmp', '/run', '/dev/shm'])('takes a repository below %s', async (folder) => {
    const root = join(folder, 'prefish-project');
    const run = await host.run(await host.submit('pwd', { root }));
    expect(run).toMatchObject({ exit: { code: 0 }, stdout: `${root}\n` });
  });

  it('shows a task its programs and no process, file or capability beyond', async () => {
    writeFileSync(join(host.folder, '..', 'outside'), 'outside\n');
    const line = `ls -A /tmp /home 2>/dev/null | grep -v prefish-host; cat ${host.folder}/../outside; ls /proc | grep -c '^[0-9]*$'; grep -h -E 'CapEff|NoNewPrivs' /proc/self/status; touch /usr/x /etc/x; test -w /`;
    const run = await host.run(await host.submit(line));
    const [processes, ...rest] = run.stdout.split('\n').slice(-4, -1);
    expect(Number(processes)).toBeLessThan(10);
    expect(rest).toEqual(['CapEff:\t0000000000000000', 'NoNewPrivs:\t1']);
    expect(run.stdout).not.toContain('outside');
    expect(run.exit).toEqual({ code: 1 });
    expect(existsSync('/usr/x')).toBe(false);
  });

  it('keeps its kernel’s settings, though it takes a task of root for root', async () => {
    const others = `find /proc -maxdepth 1 ! -path /proc ! -name '[0-9]*'`;
    const line = `find $(${others}) -type f -writable 2>/dev/null; find /sys -type f -writable`;
    expect(await host.run(await host.submit(line))).toMatchObject({ stdout: '', exit: { code: 0 } });
  });

  it('says what its processors are', async () => {
    const run = await host.run(await host.submit('cat /sys/devices/system/cpu/online'));
    expect(run.stdout).toBe(readFileSync('/sys/devices/system/cpu/online', 'utf8'));
  });

  it('has the network that was asked for', async () => {
    const line = 'ls /sys/class/net 2>/dev/null; cut -d: -f1 /proc/net/dev | tail -n +3 | tr -d " "';
    const run = await host.run(await host.submit(line, { options: { network: 'none' } }));
    expect(run.stdout).toBe('lo\n');
  });
});
