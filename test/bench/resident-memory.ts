import { execFileSync } from 'node:child_process';

/** The memory that a process has resident, in megabytes. */
export function residentMemory(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1000;
}
