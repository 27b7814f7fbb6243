import { PrefishError, type Exit } from '@prefish/protocol';
import type { AttemptLog, TaskInput } from '../attempt.ts';
import type { SetupPlan } from './plan-setup.ts';

/** Runs one line to its end, in the sandbox and the workspace of the task. */
export type RunPrefixed = (
  line: string,
  folder: string,
  log: AttemptLog,
  input: AsyncIterable<TaskInput>,
) => Promise<Exit>;

/**
 * Runs the set-up command of a task before its line. What it prints is part of the transcript, behind the command.
 * The line has not begun: a server that is lost meanwhile repeats it all.
 *
 * @throws PREFISH_SETUP_FAILED
 */
export async function runSetup(
  { command, folder }: SetupPlan,
  token: string,
  log: AttemptLog,
  run: RunPrefixed,
): Promise<void> {
  const say = (status: string): Promise<void> =>
    log.append([{ type: 'tool', id: 'set-up', title: `set-up: ${command}`, status }]);
  await say('in_progress');
  const exit = await run(`${token}${command}`, folder, { ...log, started: async () => {} }, nothing());
  if ('code' in exit && exit.code === 0) return say('completed');
  await say('failed');
  const how = 'code' in exit ? `exit ${exit.code}` : exit.signal;
  throw new PrefishError('PREFISH_SETUP_FAILED', `the set-up command failed (${how}): ${command}`, {
    hint: 'The line itself did not run. What the command printed is above.',
  });
}

/** Nobody says anything to a set-up command. */
async function* nothing(): AsyncGenerator<TaskInput, void, undefined> {}
