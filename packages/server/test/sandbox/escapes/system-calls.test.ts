import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filterArch } from '../../../src/sandbox/seccomp/filter.ts';
import { createTaskHost, type TaskHost } from '../../fixtures/task-host.ts';
import { has } from '../../../../../test/support/capabilities.ts';
import { needs } from '../../../../../test/support/needs.ts';

needs('bubblewrap', 'perl');

let host: TaskHost;
beforeEach(() => {
  host = createTaskHost();
});
afterEach(() => host.remove());

/** The numbers of calls on this machine. */
const calls = {
  x64: { ptrace: 101, mount: 165, unshare: 272, socket: 41, ioctl: 16, bpf: 321, openByHandle: 304 },
  arm64: { ptrace: 117, mount: 40, unshare: 97, socket: 198, ioctl: 29, bpf: 280, openByHandle: 265 },
}[process.arch === 'arm64' ? 'arm64' : 'x64'];
const moreCalls = {
  x64: { keyctl: 250, userfaultfd: 323, perfEventOpen: 298, clockSettime: 227 },
  arm64: { keyctl: 219, userfaultfd: 282, perfEventOpen: 241, clockSettime: 112 },
}[process.arch === 'arm64' ? 'arm64' : 'x64'];
const ioUringSetup = 425;

/** A line that makes system calls and prints what the kernel says to each. */
function asking(...asked: readonly (readonly number[])[]): string {
  const each = asked.map((call) => `say(syscall(${call.join(', ')}));`).join(' ');
  return `perl -e 'sub say { print(($_[0] < 0 ? "$!" : "done"), "\\n") } ${each}'`;
}

describe('a task that asks the kernel itself', () => {
  beforeEach(({ skip }) => skip(filterArch() === undefined, `there is no filter for ${process.arch}`));

  it('gets no mounts, namespaces, tracing, odd sockets, or terminal of somebody else', async () => {
    const line = asking(
      [calls.mount, 0, 0, 0, 0, 0],
      [calls.unshare, 0x1000_0000],
      [calls.ptrace, 0, 0, 0, 0],
      [calls.bpf, 0, 0, 0],
      [calls.openByHandle, 0, 0, 0],
      [moreCalls.keyctl, 0, -3, 0],
      [moreCalls.userfaultfd, 1],
      [moreCalls.perfEventOpen, 0, 0, -1, -1, 0],
      [moreCalls.clockSettime, 0, 0],
      [ioUringSetup, 8, 0],
      [calls.ioctl, 0, 0x5412, 0],
      [calls.socket, 40, 1, 0],
      [calls.socket, 17, 3, 0],
      [435, 0, 0],
    );
    expect((await host.run(await host.submit(line))).stdout.split('\n')).toEqual([
      ...Array.from({ length: 11 }, () => 'Operation not permitted'),
      ...Array.from({ length: 2 }, () => 'Address family not supported by protocol'),
      'Function not implemented',
      '',
    ]);
  });

  it('may trace its own processes where its line could run without any sandbox', async () => {
    const line = asking([calls.ptrace, 0, 0, 0, 0], [calls.mount, 0, 0, 0, 0, 0]);
    const run = await host.run(await host.submit(line, { options: { unsandboxed: true } }));
    expect(run.stdout).toBe('done\nOperation not permitted\n');
  });

  it('cannot take the filter off, nor leave it to its children', async () => {
    const line = `grep -h ^Seccomp: /proc/self/status; sh -c 'grep -h ^Seccomp: /proc/self/status; grep NoNewPrivs /proc/self/status'`;
    expect((await host.run(await host.submit(line))).stdout).toBe(
      'Seccomp:\t2\nSeccomp:\t2\nNoNewPrivs:\t1\n',
    );
  });
});

describe('the programs of a task', () => {
  const programs: readonly (readonly [program: string, line: string])[] = [
    [
      'git',
      'git init -q r && cd r && git -c user.name=a -c user.email=b commit -q --allow-empty -m x && git log --format=%s',
    ],
    [
      'python3',
      `python3 -c 'import multiprocessing as m, socket, ctypes; socket.socketpair(); print(m.Pool(2).map(abs, [-1])[0])'`,
    ],
    ['npm', 'npm --version'],
    ['gcc', `echo 'int main(void) { return 0; }' > m.c && gcc -pthread m.c -o m && ./m`],
    ['go', 'go version'],
    [
      'node',
      `node -e 'new Worker("1", { eval: true }); os.networkInterfaces(); fetch; crypto.randomBytes(9)' || node -e 'new (require("worker_threads").Worker)("1", { eval: true })'`,
    ],
    ['java', 'java -version'],
  ];

  it.each(programs)('%s runs, where it is there', async (program, line) => {
    const there = `command -v ${program} >/dev/null || { echo absent; exit 0; }`;
    const path = process.env['PATH'] ?? '';
    const run = await host.run(await host.submit(`${there}; ${line}`, { path }));
    expect(run, JSON.stringify(run.events)).toMatchObject({ exit: { code: 0 } });
  });

  it('find their leaks where the line could run without any sandbox', async ({ skip }) => {
    skip(!has('gcc'), 'gcc is not installed');
    const line = `echo 'int main(void) { return 0; }' > m.c && { gcc -fsanitize=address m.c -o m || exit 0; } && ./m`;
    const run = await host.run(await host.submit(line, { options: { unsandboxed: true } }));
    expect(run, JSON.stringify(run.events)).toMatchObject({ exit: { code: 0 } });
  });
});
