import type { Config, TaskLimitsChoice } from '@prefish/core';
import type { TaskLimits } from '@prefish/protocol';
import type { Offer } from '@prefish/server';

/** A size as people write it: `8 GB`, `1.5GB`, `512 MB`. */
export const sizePattern: RegExp = /^(\d+(?:\.\d+)?) ?([MGT]B)$/i;

const units: Readonly<Record<string, number>> = { MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 };

/** A size in bytes, of a text that fits {@link sizePattern}. */
export function bytesOf(size: string): number {
  const [, number = '', unit = ''] = sizePattern.exec(size) ?? [];
  return Math.round(Number(number) * (units[unit.toUpperCase()] ?? Number.NaN));
}

/** What the configuration lets a task use, in bytes. */
export function taskLimits({ memory, disk, ...rest }: TaskLimitsChoice = {}): TaskLimits {
  return {
    ...rest,
    ...(memory === undefined ? {} : { memory: bytesOf(memory) }),
    ...(disk === undefined ? {} : { disk: bytesOf(disk) }),
  };
}

/** How long ended tasks are kept, in days and bytes. */
export function retentionOf({
  days,
  size,
}: NonNullable<Config['retention']>): NonNullable<Offer['retention']> {
  return {
    ...(days === undefined ? {} : { days }),
    ...(size === undefined ? {} : { bytes: bytesOf(size) }),
  };
}

/** From which sizes on one is asked, in bytes. */
export function snapshotLimits({ file, total }: NonNullable<Config['snapshot']> = {}): {
  readonly file?: number;
  readonly total?: number;
} {
  return {
    ...(file === undefined ? {} : { file: bytesOf(file) }),
    ...(total === undefined ? {} : { total: bytesOf(total) }),
  };
}
