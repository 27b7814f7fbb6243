import { mkdir, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openGit } from '../git/git.ts';
import type { TeleportOptions } from '../options.ts';
import { tidyHere } from './tidy-here.ts';

/** How often, in milliseconds. */
const pause = 24 * 3600_000;
/** How long a line that is sent meanwhile waits at most, in milliseconds: it would give up after half a minute. */
const longestMs = 15_000;

/** {@link tidyHere}, unless somebody did within the day. */
export async function tidyUnlessDone(
  folders: TeleportOptions['folders'],
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<number | undefined> {
  const mark = join(folders.cache, 'tidied');
  const last = await stat(mark).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  // A mark of the future is none: the clock was set back.
  if (Math.abs(Date.now() - last) < pause) return undefined;
  await mkdir(dirname(mark), { recursive: true, mode: 0o700 });
  await writeFile(mark, '');
  const now = new Date();
  await utimes(mark, now, now);
  const { freed } = await tidyHere({ git: await openGit(env), folders, dryRun: false, longestMs, signal });
  return freed;
}
