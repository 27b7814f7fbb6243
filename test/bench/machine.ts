import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';

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
  /** How many processes wanted to run at the same time, in the last quarter of an hour. */
  readonly load: number;
}

/** This machine, now. */
export function thisMachine(): Machine {
  return {
    at: new Date().toISOString(),
    node: process.version,
    system: `${platform()} ${/^\d+\.\d+/.exec(release())?.[0]} ${arch()}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: Math.round(totalmem() / 1e9),
    load: Number(loadavg()[2]!.toFixed(1)),
  };
}
