import { totalmem } from 'node:os';
import { findProgram } from '@prefish/processes';
import { PrefishError } from '@prefish/protocol';

const gib = 2 ** 30;

/** What git may take that works on what somebody sent: a few kilobytes of a pack may stand for any number of bytes. */
const most = {
  /** Memory, in bytes: half of the machine's, within these. Deltas are put together in memory, whole. */
  memory: Math.min(4 * gib, Math.max(gib, totalmem() / 2)),
  /** Processor time, in seconds. A pack of 4 GB with ten million objects takes ten minutes. */
  time: 3600,
};

/** What of a pack is in memory at the same time, by way of the file system, counts as well. */
const settings = ['core.packedGitLimit=512m', 'core.packedGitWindowSize=32m', 'pack.threads=1'];

/** Sets limits that hold for git and all that it starts, where the system has such. */
const script = 'ulimit -v "$1" 2>/dev/null; ulimit -t "$2" 2>/dev/null; shift 2; exec git "$@"';

/** Sees that git is on a `PATH`: the shell that starts it would say so where nobody reads it. @throws PREFISH_GIT_MISSING */
export function checkGitIsThere(path: string | undefined): void {
  if (findProgram('git', path) !== undefined) return;
  throw new PrefishError('PREFISH_GIT_MISSING', 'git was not found on the server', {
    hint: 'Whoever runs the server installs git 2.38 or newer.',
  });
}

/** The program and its words that run git within limits. */
export function boundedGit(args: readonly string[]): readonly [string, readonly string[]] {
  const limits = [Math.floor(most.memory / 1024), most.time].map(String);
  const configured = settings.flatMap((setting) => ['-c', setting]);
  return ['/bin/sh', ['-c', script, 'sh', ...limits, ...configured, ...args]];
}
