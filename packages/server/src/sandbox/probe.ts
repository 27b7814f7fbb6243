import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { hostProfile, isolation } from './bubblewrap-profile.ts';
import type { SandboxReport } from './sandbox.ts';

/** A bubblewrap that was tried. */
export interface ProbedBubblewrap extends SandboxReport {
  /** Its path, when it works. */
  readonly program?: string;
}

/** The first bubblewrap on a PATH; relative entries do not count. */
export function findBubblewrap(path: string): string | undefined {
  for (const entry of path.split(delimiter).filter((entry) => isAbsolute(entry))) {
    const program = join(entry, 'bwrap');
    try {
      accessSync(program, constants.X_OK);
      return program;
    } catch {
      // Not here.
    }
  }
  return undefined;
}

/** Identifies the file that a probe was made with. */
export function programVersion(program: string): string {
  const { mtimeMs, size, ino } = statSync(program);
  return `${program}:${ino}:${size}:${mtimeMs}`;
}

/** Runs `true` in the whole profile: that a program exists says little about whether the kernel lets it work. */
export async function probeBubblewrap(program: string): Promise<ProbedBubblewrap> {
  const args = [
    ...isolation,
    ...hostProfile('/dev/null'),
    '--tmpfs',
    '/tmp',
    '--remount-ro',
    '/',
    '--',
    'true',
  ];
  const options = { env: { PATH: '/usr/local/bin:/usr/bin:/bin' }, cwd: '/', timeout: 10_000 };
  return new Promise((resolve) => {
    execFile(program, args, options, (error, _stdout, stderr) => {
      if (error === null) resolve({ kind: 'bwrap', program });
      else resolve({ kind: 'none', ...explain(stderr.trim() || error.message) });
    });
  });
}

/** The report of a machine without bubblewrap. */
export const missingBubblewrap: SandboxReport =
  process.platform === 'linux'
    ? { kind: 'none', reason: 'bubblewrap is not installed', hint: 'apt install bubblewrap' }
    : { kind: 'none', reason: `there is no sandbox for ${process.platform} yet` };

function explain(said: string): { reason: string; hint?: string } {
  const reason = `bubblewrap does not work here: ${said.split('\n', 1)[0]}`;
  if (!/uid map|namespace|Operation not permitted|Permission denied/i.test(said)) return { reason };
  return {
    reason,
    hint: 'allow user namespaces for bwrap: an AppArmor profile on Ubuntu, sysctl kernel.unprivileged_userns_clone=1 on older Debian, --security-opt seccomp=unconfined for Docker',
  };
}
