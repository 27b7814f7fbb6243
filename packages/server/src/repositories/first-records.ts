import { byRecords } from './by-records.ts';
import { enough, git, untilEnough, type GitOptions } from './git.ts';

/** So many records of what git lists with `-z`, and whether there are more. */
export async function firstRecords(
  args: readonly string[],
  options: GitOptions,
  most: number,
): Promise<{ readonly records: readonly string[]; readonly more: boolean }> {
  const records: string[] = [];
  const take = byRecords(0x00, (text, start, end) => {
    if (records.length === most) throw enough;
    records.push(text.toString('utf8', start, end));
  });
  const more = await untilEnough(git(args, { ...options, take }));
  return { records, more };
}
