import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';

/** Where and when figures were measured. Names nobody. */
export interface Machine {
  /** ISO 8601. */
  readonly at: string;
  readonly node: string;
  readonly system: string;
  readonly processor: string;
  readonly cores: number;
  /** Gigabytes. */
  readonly memory: number;
}

/** This machine, now. */
export function thisMachine(): Machine {
  return {
    at: new Date().toISOString(),
    node: process.version,
    system: `${platform()} ${release()} ${arch()}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: Math.round(totalmem() / 1e9),
  };
}
