import { existsSync } from 'node:fs';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { errorMessage, PrefishError, type Exit } from '@prefish/core';
import type { AgentSpec } from '../agent-spec.ts';
import { endTree, mark, markVariable } from './process-tree.ts';

/** How much of what an agent says on standard error is kept for errors, in characters. */
const keptErrorText = 4096;

/** A running agent: its pipes, and its end. */
export interface AgentProcess {
  readonly child: ChildProcessWithoutNullStreams;
  /** Resolves when the agent itself has ended; what it started may still run. */
  readonly exited: Promise<Exit>;
  readonly hasExited: boolean;
  /** The id of the task that it works in, where nobody is who could send another message. */
  readonly task: string | undefined;
  /** The end of what it said on standard error. */
  errorText(): string;
  /** Ends it and everything that it started. First its input is closed, and it has `patienceMs` to go by itself. */
  end(patienceMs?: number): Promise<void>;
}

/**
 * Starts an agent in a process group of its own, so that a Ctrl+C at the terminal is not for it.
 *
 * @throws PREFISH_AGENT_START
 */
export async function startAgent(
  { file, args, name, env: own = {} }: AgentSpec,
  where: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<AgentProcess> {
  const id = mark();
  const task = where.env['PREFISH_TASK'];
  const child = await started(() =>
    spawn(file, args, {
      cwd: where.cwd,
      env: { ...where.env, ...own, PWD: where.cwd, [markVariable]: id },
      stdio: 'pipe',
      detached: true,
    }),
  ).catch((cause: unknown) => {
    const [message, hint] =
      task !== undefined && !existsSync(file)
        ? [
            `${file} is not in this task`,
            'A task sees the folder that a program is in, unless that is your home itself or a folder like /tmp: give the agent one of its own. On another machine it is looked for by its name, on the PATH there.',
          ]
        : [errorMessage(cause), `It would run ${[file, ...args].join(' ')}`];
    throw new PrefishError('PREFISH_AGENT_START', `${name} cannot be started: ${message}`, { cause, hint });
  });
  let exit: Exit | undefined;
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve((exit = signal ? { signal } : { code: code ?? 1 })));
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-keptErrorText);
  });
  // A pipe whose other end is gone is told by the exit.
  for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.on('error', () => {});
  let ended: Promise<void> | undefined;
  return {
    child,
    exited,
    task,
    get hasExited() {
      return exit !== undefined;
    },
    errorText: () => said.trim(),
    end(patienceMs = 0) {
      child.stdin.end();
      return (ended ??= endTree({ pid: child.pid!, id }, exited, patienceMs));
    },
  };
}

function started(start: () => ChildProcessWithoutNullStreams): Promise<ChildProcessWithoutNullStreams> {
  return new Promise((resolve, reject) => {
    const child = start();
    child.once('error', reject);
    child.once('spawn', () => resolve(child));
  });
}
