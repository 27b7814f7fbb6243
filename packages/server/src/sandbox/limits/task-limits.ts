import { totalmem } from 'node:os';
import type { TaskLimits } from '@prefish/protocol';

/** Every limit of a task, in force. */
export interface LimitsInForce {
  /** Bytes of memory, of all its processes together. */
  readonly memory: number;
  /** Processes and threads at once. */
  readonly processes: number;
  /** Processors' worth of time; absent: all there are. */
  readonly cpus?: number;
  /** Bytes that its snapshot may take on the disk, and that it may add: workspace, home and temporary files. */
  readonly disk: number;
  /** Files that its snapshot may hold, and that it may add to them. */
  readonly files: number;
}

const gigabyte = 2 ** 30;

/**
 * What a task may use: what is configured, else so much that no ordinary line notices it, and so little
 * that the machine lives on beside it.
 */
export function limitsInForce(configured: TaskLimits = {}): LimitsInForce {
  const {
    memory = Math.round(machineMemory() * 0.8),
    processes = 4096,
    cpus,
    disk = 20 * gigabyte,
    files = 750_000,
  } = configured;
  return { memory, processes, disk, files, ...(cpus !== undefined && { cpus }) };
}

/** A container may have less than the machine. */
function machineMemory(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
