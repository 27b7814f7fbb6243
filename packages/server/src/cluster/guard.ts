import { spawn, type ChildProcess } from 'node:child_process';
import type { Log } from '../log.ts';

/**
 * What the guard does: a line `pid milliseconds` gives a process group so much longer, 0 lets go of it. One whose
 * time is over is ended, and all of them once the worker is gone; a stranger that has its pid by then is let be.
 */
const program = `
const held = new Map();
// Field 22 of proc_pid_stat(5), which tells a process from a later one with its pid.
const startOf = (pid) => {
  try {
    const text = require('node:fs').readFileSync('/proc/' + pid + '/stat', 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch {}
};
// A sandbox's first process leaves the group before it is bound to the life of its parent.
const childrenOf = (pid) => {
  try {
    return require('node:fs').readFileSync('/proc/' + pid + '/task/' + pid + '/children', 'latin1').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
};
const end = (pid) => {
  const { start } = held.get(pid);
  held.delete(pid);
  const now = startOf(pid);
  if (now !== undefined && now !== start) return;
  for (const which of [...childrenOf(pid), -pid, pid]) try { process.kill(which, 'SIGKILL'); } catch {}
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const [pid, left] = line.split(' ').map(Number);
  const known = held.get(pid);
  clearTimeout(known?.timer);
  held.delete(pid);
  if (left > 0) held.set(pid, { start: known?.start ?? startOf(pid), timer: setTimeout(end, left, pid) });
}).on('close', () => {
  for (const pid of held.keys()) end(pid);
  process.exit();
});
`;

/**
 * Ends what a worker runs when the worker no longer says that it holds the leases: one that is stopped (SIGSTOP, a
 * debugger, swapping) cannot do that itself, and another host begins the same tasks. A process of its own, because
 * it has to go on when the worker does not; started with the first process that it is to hold.
 */
export class Guard {
  readonly #log: Log;
  #child: ChildProcess | undefined;
  #closing = false;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Lets a process group run for so long from now on, in milliseconds. */
  hold(pid: number, milliseconds: number): void {
    this.#say(`${pid} ${Math.max(1, Math.ceil(milliseconds))}`);
  }

  /** Forgets a process that has ended. */
  release(pid: number): void {
    if (this.#child !== undefined) this.#say(`${pid} 0`);
  }

  close(): void {
    this.#closing = true;
    this.#child?.stdin?.end();
  }

  #say(line: string): void {
    this.#child ??= this.#start();
    this.#child.stdin?.write(`${line}\n`);
  }

  #start(): ChildProcess {
    const child = spawn(process.execPath, ['-e', program], {
      cwd: '/',
      env: {},
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    const ended = (error?: unknown): void => {
      if (this.#child !== child) return;
      // The next beat starts another one.
      this.#child = undefined;
      if (!this.#closing) this.#log('error', 'the guard has ended', { error: String(error) });
    };
    child.once('error', ended).once('exit', ended);
    child.stdin.on('error', () => {});
    child.unref();
    return child;
  }
}
