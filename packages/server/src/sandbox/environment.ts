import { homedir } from 'node:os';
import { isAbsolute, join, normalize } from 'node:path';
import { taskFolderVariable } from '@prefish/protocol';
import type { SandboxRequest } from './sandbox.ts';

/** The variable by which every process of an attempt is known, whatever it does to its parents and groups. */
export function attemptVariable(task: string, attempt: number): { readonly PREFISH_TASK_ATTEMPT: string } {
  return { PREFISH_TASK_ATTEMPT: `${task}/${attempt}` };
}

/** {@link attemptVariable} as it stands in the environment of a process. */
export function attemptMark(task: string, attempt: number): string {
  return `PREFISH_TASK_ATTEMPT=${attemptVariable(task, attempt).PREFISH_TASK_ATTEMPT}`;
}

/** The home that a task sees: the submitter's. */
export function taskHome(request: Pick<SandboxRequest, 'env'>): string {
  const home = request.env['HOME'];
  return home !== undefined && isAbsolute(home) ? normalize(home).replace(/(?<=.)\/+$/, '') : homedir();
}

/** The whole environment of a task: what its submitter sent, and what marks it. `privateHome` keeps the inner prefish away from the user's own. */
export function taskEnvironment(request: SandboxRequest, privateHome: string): Record<string, string> {
  const { task, attempt, taskFolder } = request;
  const { [taskFolderVariable]: _, ...env } = request.env;
  return {
    ...env,
    PATH: request.path,
    HOME: taskHome(request),
    PREFISH: '1',
    PREFISH_HOME: join(privateHome, '.prefish'),
    PREFISH_TASK: task,
    ...attemptVariable(task, attempt),
    ...(taskFolder !== undefined && { [taskFolderVariable]: taskFolder }),
  };
}
