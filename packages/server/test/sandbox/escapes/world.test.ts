import { existsSync, mkdirSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTaskHost, type TaskHost } from '../../fixtures/task-host.ts';
import { needs } from '../../../../../test/support/needs.ts';

needs('bubblewrap');

let host: TaskHost;
beforeEach(() => {
  host = createTaskHost();
});
afterEach(() => host.remove());

/** Runs each attempt in a task of its own, and says which of them succeeded. */
async function successes(attempts: readonly string[], options = {}): Promise<string[]> {
  const line = attempts.map((attempt, index) => `(${attempt}) >/dev/null 2>&1 && echo ${index}`).join('\n');
  const { stdout } = await host.run(await host.submit(`${line}\ntrue`, { options }));
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((index) => attempts[Number(index)] ?? index);
}

/** Opens a file for writing, and writes nothing: where that works, a protection is lost, and nothing else. */
const opened = (path: string): string => `: >> ${path}`;

describe('a task', () => {
  it('mounts nothing, and gets nothing writable that was not', async () => {
    expect(
      await successes([
        'mount -t tmpfs none /tmp',
        'mount -o remount,rw /usr',
        'mount -o remount,bind,rw /',
        'umount /proc',
        'mount --bind / /tmp',
        'unshare -Ur true',
        'unshare -Urm true',
        'nsenter -t 1 -m true',
        'touch /usr/x || touch /etc/x || touch /x || touch /opt/x',
        'touch /run/prefish/x || echo > /run/prefish/inner.ts || rm /run/prefish/node',
        'mv /run/prefish /run/other || mount -o remount,rw /run/prefish',
        'chroot / true',
      ]),
    ).toEqual([]);
  });

  it('finds nobody else’s processes, files or memory', async () => {
    expect(
      await successes([
        `kill -0 ${process.pid}`,
        `test -e /proc/${process.pid}/environ`,
        `cat /proc/1/root${host.home}/../server`,
        `ls ${host.folder}/work || ls ${host.folder}/tasks.db || ls ${host.folder}/credentials`,
        `ls ${host.sockets}`,
        'ls /proc/1/root/root/.ssh',
        'head -c 1 /proc/kcore | grep -q .',
        'cat /dev/mem /dev/kmem /dev/port',
        ...['/proc/sysrq-trigger', '/proc/sys/kernel/sysrq', '/proc/sys/kernel/core_pattern'].map(opened),
        'ls /sys/fs/cgroup/*',
        'echo 0 > /proc/1/oom_score_adj && echo -1000 > /proc/self/oom_score_adj',
        'test -e /dev/vda || test -e /dev/sda || test -e /dev/kvm',
      ]),
    ).toEqual([]);
  });

  it('reads neither the passwords nor the keys of the machine', async () => {
    const secrets = ['/etc/shadow', '/etc/gshadow', '/etc/sudoers', '/etc/ssh/ssh_host_*_key'];
    expect(
      await successes([
        ...secrets.map((path) => `cat ${path} | grep -q .`),
        'ls /etc/ssl/private /etc/sudoers.d | grep -v : | grep -q .',
        'find /etc -type f ! -perm -o=r -size +0 -readable | grep -q .',
      ]),
    ).toEqual([]);
  });

  it('becomes nobody else', async () => {
    expect(
      await successes([
        'su -c true',
        'sudo -n true',
        'cp /bin/sh sh && chmod 6755 sh && ./sh -c \'grep -qE "^CapEff:.*[1-9a-f]" /proc/self/status\'',
        'chown 12345 .',
        'setpriv --reuid 12345 true',
        'capsh --print | grep -q "Current: =.*cap"',
      ]),
    ).toEqual([]);
  });

  it('signals whom it likes, and ends only itself', async () => {
    // Where it is not in a namespace of its own, that would be everybody.
    const shared = readlinkSync('/proc/self/ns/pid');
    const line = `[ "$(readlink /proc/self/ns/pid)" = '${shared}' ] && { echo shared; exit; }; trap '' TERM; kill -TERM -1; kill -KILL -1; echo never`;
    const run = await host.run(await host.submit(line));
    expect(run.stdout).toBe('');
    expect(run.exit).not.toEqual({ code: 0 });
    expect(existsSync(host.folder)).toBe(true);
  });

  it('leaves no file that gives its user’s rights to others', async () => {
    const run = await host.run(await host.submit('cp /bin/true t; chmod 6777 t; chmod 777 .'));
    expect(run.result).toMatchObject({ files: 1 });
    const { mode } = statSync(host.folder);
    expect(mode & 0o077).toBe(0);
    expect(readdirSync(join(host.folder, 'work'))).toEqual([]);
  });
});

describe('the abstract sockets of the machine', () => {
  let server: Server;
  const name = `prefish-test-${process.pid}`;
  beforeEach(async () => {
    server = createServer((socket) => socket.end('open')).listen(`\0${name}`);
    await once(server, 'listening');
  });
  afterEach(() => server.close());

  it.each(['none', 'allowlist'] as const)('are out of reach with the network level %s', async (network) => {
    const connect = `'/run/prefish/node' -e 'require("net").connect("\\0${name}").on("error", () => process.exit(1)).on("data", () => process.exit(0))'`;
    expect(await successes([connect, 'true'], { network })).toEqual(['true']);
  });
});

describe('a socket beside the tools of its user', () => {
  let server: Server;
  let path: string;
  beforeEach(async () => {
    const tool = join(host.home, 'tool');
    for (const name of ['bin', 'lib']) mkdirSync(join(tool, name), { recursive: true });
    path = `${tool}/bin:/usr/bin:/bin`;
    server = createServer((socket) => socket.end('open')).listen(join(tool, 'daemon.sock'));
    await once(server, 'listening');
  });
  afterEach(() => server.close());

  it.each([
    ['none', ''],
    ['allowlist', ''],
    ['full', 'open'],
  ] as const)('leads with the network level %s to %o', async (network, said) => {
    const ask = `require("net").connect(process.env.HOME + "/tool/daemon.sock").on("error", () => {}).pipe(process.stdout)`;
    const line = `ls ~/tool/lib && '/run/prefish/node' -e '${ask}'`;
    expect(await host.run(await host.submit(line, { path, options: { network } }))).toMatchObject({
      stdout: said,
      exit: { code: 0 },
    });
  });
});

describe('two tasks at the same time', () => {
  it('do not find each other', async () => {
    const begun = Promise.withResolvers<void>();
    const stop = new AbortController();
    const first = host.run(
      await host.submit('echo secret > /tmp/mine; echo secret > ~/mine; echo begun; sleep 60'),
      {
        signal: stop.signal,
        onEvents: (events) => {
          if (events.some((event) => event.type === 'output')) begun.resolve();
        },
      },
    );
    await begun.promise;
    const found = await successes([
      'grep -r secret /tmp ~',
      'pgrep -f "slee[p] 60"',
      `for f in /proc/[0-9]*/fd/1; do echo '{"type":"output","stream":"stdout","text":"forged"}' > $f; done; pgrep -f 'begu[n]'`,
      `ls ${host.folder}/work`,
    ]);
    stop.abort();
    await first;
    expect(found).toEqual([]);
  });
});

describe('a compiled program', () => {
  needs('gcc');

  it('types nothing into the terminal of anybody', async () => {
    host.write(
      'push.c',
      '#include <sys/ioctl.h>\n#include <fcntl.h>\nint main(void){int t=open("/dev/tty",O_RDWR);char c=10;return ioctl(t<0?0:t,TIOCSTI,&c)==0?0:1;}\n',
    );
    expect(await successes(['gcc push.c -o push && ./push', 'gcc push.c -o push && test -x push'])).toEqual([
      'gcc push.c -o push && test -x push',
    ]);
  });
});
