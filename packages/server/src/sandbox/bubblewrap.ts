import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { processGone, signalProcess, withoutInherited } from '@prefish/processes';
import { endAttemptProcesses } from '../processes/attempt-processes.ts';
import { taskProfile } from './bubblewrap-profile.ts';
import { attemptVariable } from './environment.ts';
import { exitOf, pidOf } from './exit.ts';
import type { SandboxProcess, SandboxRequest } from './sandbox.ts';
import { filterArch, seccompFilter } from './seccomp/filter.ts';

/**
 * Starts a command in bubblewrap. The profile goes through file descriptor 3, so that no variable of the
 * task is in a process list, and so that bubblewrap waits for {@link SandboxProcess.go}. Descriptor 4
 * tells the pid of the sandbox's first process, and whether the command was run. Descriptor 5 holds the
 * filter of system calls.
 *
 * @param filtered whether the kernel takes such a filter
 */
export async function startBubblewrap(
  program: string,
  request: SandboxRequest,
  filtered: boolean,
): Promise<SandboxProcess> {
  const arch = filtered ? filterArch() : undefined;
  const empty = join(request.tmp, '..', 'empty');
  await writeFile(empty, '', { mode: 0o444 });
  const profile = [
    '--json-status-fd',
    '4',
    ...(arch === undefined ? [] : ['--seccomp', '5']),
    ...taskProfile(request, empty),
  ];
  const [outermost, ...before] = [...(request.enter ?? []), program];
  const child = spawn(outermost, [...before, '--args', '3', '--', ...request.command], {
    cwd: '/',
    // A child that it leaves behind is known by this and by its group. What is typed at a server's terminal is for the server.
    env: attemptVariable(request.task, request.attempt),
    detached: true,
    stdio: withoutInherited(['pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'] as const),
  });
  const exit = exitOf(child);
  exit.catch(() => {});
  const pid = await pidOf(child);
  const profilePipe = (child.stdio[3] as Writable).on('error', () => {});
  // Node's types know of five.
  const filterPipe = (child.stdio as unknown as readonly Writable[])[5]!.on('error', () => {});
  filterPipe.end(arch === undefined ? '' : seccompFilter(arch, request.tracing));
  const status = readStatus(child.stdio[4] as Readable);
  child.stdin!.on('error', () => {});

  return {
    pid,
    stdin: child.stdin!,
    stdout: child.stdout!,
    stderr: child.stderr!,
    go() {
      profilePipe.end(profile.map((argument) => `${argument}\0`).join(''));
    },
    kill() {
      child.kill('SIGKILL');
      if (status.init !== undefined) signalProcess(status.init, 'SIGKILL');
    },
    ended: exit.then(async (exit) => {
      if ('signal' in exit || exit.code !== 0) {
        // It may have left before it let its child begin.
        await endAttemptProcesses([{ id: request.task, attempt: request.attempt, groups: [] }]);
      }
      await status.closed;
      // bubblewrap leaves as soon as the command has ended; its first process takes the namespace with it.
      if (status.init !== undefined) {
        signalProcess(status.init, 'SIGKILL');
        await processGone(status.init);
      }
      return { exit, ran: status.ran || 'signal' in exit };
    }),
  };
}

interface Status {
  /** The pid, outside, of the first process inside. */
  init: number | undefined;
  ran: boolean;
  readonly closed: Promise<void>;
}

/** Reads bubblewrap's status lines (bwrap(1), `--json-status-fd`): `child-pid` at first, `exit-code` once the command has ended. */
function readStatus(stream: Readable): Status {
  let text = '';
  const status: Status = {
    init: undefined,
    ran: false,
    closed: new Promise((resolve) => stream.once('close', resolve).on('error', () => {})),
  };
  stream.setEncoding('utf8').on('data', (part: string) => {
    text = (text + part).slice(-4096);
    const init = /"child-pid":\s*(\d+)/.exec(text)?.[1];
    if (init !== undefined) status.init ??= Number(init);
    status.ran ||= text.includes('"exit-code"');
  });
  return status;
}
