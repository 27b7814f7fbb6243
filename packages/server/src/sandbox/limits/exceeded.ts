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

function processesExceeded({ processes }: LimitsInForce): Exceeded {
  return {
    limit: 'processes',
    message: `the task had as many processes and threads as it may (${processes}), and could start no more`,
    hint: 'limits: { processes: 10000 } in prefish.config.yaml, where the server runs, gives tasks more.',
  };
}

function memoryExceeded({ memory }: LimitsInForce): Exceeded {
  return {
    limit: 'memory',
    message: `the task used all the memory that it may have (${formatBytes(memory)}), and the kernel ended a process of it`,
    hint: 'limits: { memory: "32 GB" } in prefish.config.yaml, where the server runs, gives tasks more.',
  };
}

/** Why a task was ended that wrote to the disk. */
export function whyEnded(why: 'disk' | 'files' | 'reserve', { disk, files }: LimitsInForce): Exceeded {
  if (why === 'reserve') {
    return {
      limit: 'disk',
      message: 'the disk is nearly full, and the task that wrote most to it was ended',
      hint: 'prefish clean frees what tasks have left.',
    };
  }
  const message =
    why === 'disk'
      ? `the task wrote more to the disk than it may (${formatBytes(disk)}), and was ended`
      : `the task made more files than it may (${files}), and was ended`;
  return { limit: why, message, hint: moreFor(why, { disk, files }) };
}

/** What gives tasks more of the disk. */
export function moreFor(
  what: 'disk' | 'files',
  { disk, files }: Pick<LimitsInForce, 'disk' | 'files'>,
): string {
  const setting = what === 'disk' ? `disk: "${formatBytes(2 * disk)}"` : `files: ${2 * files}`;
  return `limits: { ${setting} } in prefish.config.yaml, where the server runs, gives tasks more.`;
}
