import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { hostProfile, isolation } from './host-profile.ts';
import { namespaceHint } from './namespace-hint.ts';
import type { SandboxReport } from './sandbox.ts';
import { filterArch, seccompFilter } from './seccomp/filter.ts';

/** A bubblewrap that was tried. */
export interface ProbedBubblewrap extends SandboxReport {
  /** Its path, when it works. */
  readonly program?: string;
  /** Whether tasks get a filter of system calls. */
  readonly filtered?: boolean;
  /** Why they do not. */
  readonly unfiltered?: string;
}

/** Identifies the file that a probe was made with. */
export function programVersion(program: string): string {
  const { mtimeMs, size, ino } = statSync(program);
  return `${program}:${ino}:${size}:${mtimeMs}`;
}

/**
 * Runs `true` in the whole profile, with the filter of system calls and, where that fails, without: that a
 * program exists says little about whether the kernel lets it work.
 */
export async function probeBubblewrap(program: string): Promise<ProbedBubblewrap> {
  const arch = filterArch();
  const filtered = arch === undefined ? undefined : await complaint(program, seccompFilter(arch, false));
  if (arch !== undefined && filtered === undefined) return { kind: 'bwrap', program, filtered: true };
  const said = await complaint(program, undefined);
  if (said !== undefined) return { kind: 'none', ...explain(said) };
  return {
    kind: 'bwrap',
    program,
    filtered: false,
    unfiltered:
      filtered === undefined
        ? `there is no filter for ${process.arch}`
        : `the kernel takes no filter: ${filtered.split('\n', 1)[0]}`,
  };
}

/** What bubblewrap says when `true` does not run in it. */
function complaint(program: string, filter: Buffer | undefined): Promise<string | undefined> {
  const args = [
    ...(filter === undefined ? [] : ['--seccomp', '3']),
    ...isolation,
    ...hostProfile('/dev/null'),
    '--tmpfs',
    '/tmp',
    '--remount-ro',
    '/',
    '--',
    'true',
  ];
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
      cwd: '/',
      timeout: 10_000,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (said += text));
    (child.stdio[3] as Writable).on('error', () => {}).end(filter ?? '');
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => {
      const ending = signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`;
      resolve(code === 0 ? undefined : said.trim() || ending);
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
  if (!/uid map|namespace|Operation not permitted|Permission denied|No space left/i.test(said))
    return { reason };
  return { reason, hint: namespaceHint() };
}
