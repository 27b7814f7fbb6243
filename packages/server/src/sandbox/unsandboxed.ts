import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { endAttemptProcesses } from '../processes/attempt-processes.ts';
import { taskEnvironment } from './environment.ts';
import { exitOf, pidOf } from './exit.ts';
import type { SandboxProcess, SandboxRequest } from './sandbox.ts';

/** Waits for one line of standard input (POSIX `read` takes no byte more), then becomes the command. */
const gate = 'read -r _ || exit 125; exec "$@"';

/**
 * Starts a command on the machine itself, in the task's own copy of the work tree and a process group of
 * its own. For where no sandbox works: the copy keeps the user's tree safe, nothing keeps the rest.
 */
export async function startUnsandboxed(request: SandboxRequest): Promise<SandboxProcess> {
  const child = spawn('/bin/sh', ['-c', gate, 'prefish-task', ...request.command], {
    cwd: join(request.tree, request.cwd),
    env: taskEnvironment(request, request.home),
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const exit = exitOf(child);
  exit.catch(() => {});
  const pid = await pidOf(child);
  child.stdin.on('error', () => {});
  const { task: id, attempt, tree } = request;
  const endAll = (): Promise<unknown> =>
    endAttemptProcesses([{ id, attempt, groups: [pid], folder: dirname(tree) }]);
  let killing: Promise<unknown> | undefined;

  return {
    pid,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    go() {
      child.stdin.write('\n');
    },
    kill() {
      killing ??= endAll();
    },
    ended: exit.then(async (exit) => {
      await killing;
      await endAll();
      return { exit, ran: true };
    }),
  };
}
