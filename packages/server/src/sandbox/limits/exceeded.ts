import { formatBytes } from '@prefish/protocol';
import type { Exceeded, SandboxEnd } from '../sandbox.ts';
import type { ControlGroup } from './control-group.ts';
import type { LimitsInForce } from './task-limits.ts';

/** What a task lacked that has failed; nothing for one that went on without a process that it lost. */
export function whyFailed(
  { exit }: Pick<SandboxEnd, 'exit'>,
  group: Pick<ControlGroup, 'memoryKills' | 'wasFull'>,
  limits: LimitsInForce,
): Exceeded | undefined {
  if ('code' in exit && exit.code === 0) return undefined;
  if (group.memoryKills() > 0) return memoryExceeded(limits);
  return group.wasFull() ? processesExceeded(limits) : undefined;
}

function processesExceeded(limits: LimitsInForce): Exceeded {
  return {
    limit: 'processes',
    message: `the task had as many processes and threads as it may (${limits.processes}), and could start no more`,
    hint: moreFor('processes', limits),
  };
}

function memoryExceeded(limits: LimitsInForce): Exceeded {
  return {
    limit: 'memory',
    message: `the task used all the memory that it may have (${formatBytes(limits.memory)}), and the kernel ended a process of it`,
    hint: moreFor('memory', limits),
  };
}

/** Why a task was ended that wrote to the disk. */
export function whyEnded(why: 'disk' | 'files' | 'reserve', limits: LimitsInForce): Exceeded {
  if (why === 'reserve') {
    return {
      limit: 'disk',
      message: 'the disk is nearly full, and the task that wrote most to it was ended',
      hint: 'prefish clean frees what tasks have left.',
    };
  }
  const message =
    why === 'disk'
      ? `the task wrote more to the disk than it may (${formatBytes(limits.disk)}), and was ended`
      : `the task made more files than it may (${limits.files}), and was ended`;
  return { limit: why, message, hint: moreFor(why, limits) };
}

/** What gives tasks more: twice as much. */
export function moreFor<Limit extends Exceeded['limit']>(
  limit: Limit,
  { [limit]: now }: Readonly<Record<Limit, number>>,
): string {
  const isBytes = limit === 'memory' || limit === 'disk';
  const setting = `${limit}: ${isBytes ? `"${formatBytes(2 * now)}"` : 2 * now}`;
  return `limits: { ${setting} } in prefish.config.yaml, where the server runs, gives tasks more.`;
}
