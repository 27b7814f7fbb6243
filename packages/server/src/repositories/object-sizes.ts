import { byRecords } from './by-records.ts';
import { git, type GitOptions } from './git.ts';

/** Says how large each of some objects is, in their order, in bytes. One that is not there takes nothing. */
export async function objectSizes(
  objects: readonly string[],
  options: GitOptions,
  size: (bytes: number, index: number) => void,
): Promise<void> {
  if (objects.length === 0) return;
  let index = 0;
  const take = byRecords(0x0a, (text, start, end) => {
    size(Number(text.toString('latin1', start, end)) || 0, index);
    index += 1;
  });
  const input = `${objects.join('\n')}\n`;
  await git(['cat-file', '--batch-check=%(objectsize)', '--buffer'], { ...options, input, take });
}
