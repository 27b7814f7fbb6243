import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filterArch } from '../../../src/sandbox/seccomp/filter.ts';
import { createTaskHost, type TaskHost } from '../../fixtures/task-host.ts';
import { needs } from '../../../../../test/support/needs.ts';

needs('bubblewrap', 'perl');

let host: TaskHost;
beforeEach(() => {
  host = createTaskHost();
});
afterEach(() => host.remove());

/** The numbers of calls on this machine. */
const calls =
  process.arch === 'arm64'
    ? { ptrace: 117, mount: 40, unshare: 97, socket: 198, ioctl: 29, bpf: 280, openByHandle: 265 }
    : { ptrace: 101, mount: 165, unshare: 272, socket: 41, ioctl: 16, bpf: 321, openByHandle: 304 };

/** A line that makes system calls and prints what the kernel says to each. */
function asking(...asked: readonly (readonly number[])[]): string {
  const each = asked.map((call) => `say(syscall(${call.join(', ')}));`).join(' ');
  return `perl -e 'sub say { print(($_[0] < 0 ? "$!" : "done"), "\\n") } ${each}'`;
}

describe.skipIf(filterArch() === undefined)('a task that asks the kernel itself', () => {
  it('gets no mounts, namespaces, tracing, odd sockets, or terminal of somebody else', async () => {
    const line = asking(
      [calls.mount, 0, 0, 0, 0, 0],
      [calls.unshare, 0x1000_0000],
      [calls.ptrace, 0, 0, 0, 0],
      [calls.bpf, 0, 0, 0],
      [calls.openByHandle, 0, 0, 0],
      [calls.ioctl, 0, 0x5412, 0],
      [calls.socket, 40, 1, 0],
      [calls.socket, 17, 3, 0],
      [435, 0, 0],
    );
    expect((await host.run(await host.submit(line))).stdout.split('\n')).toEqual([
      ...Array.from({ length: 6 }, () => 'Operation not permitted'),
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
