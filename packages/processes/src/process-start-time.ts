import { execFile } from 'node:child_process';
import { platform } from 'node:process';
import { promisify } from 'node:util';
import { processStatus } from './process-status.ts';

/** When a process began: its status says so on Linux, `ps` elsewhere. `undefined` when it does not run. */
export async function processStartTime(pid: number): Promise<string | undefined> {
  return platform === 'linux' ? (await processStatus(pid))?.startTime : startTimeFromPs(pid);
}

async function startTimeFromPs(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' },
    });
    const [state, ...start] = stdout.trim().split(/\s+/);
    return state === undefined || state.startsWith('Z') ? undefined : start.join(' ') || undefined;
  } catch {
    return undefined;
  }
}
