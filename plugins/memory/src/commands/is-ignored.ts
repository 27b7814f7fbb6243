import { execFile } from 'node:child_process';
import { delimiter, dirname, isAbsolute } from 'node:path';
import type { RunContext } from '@prefish/core';

/** Whether git ignores a file; nothing where it cannot tell: without git, outside a repository. */
export async function isIgnored(
  path: string,
  { env, signal }: Pick<RunContext, 'env' | 'signal'>,
): Promise<boolean | undefined> {
  // A relative entry of PATH, or a program that the repository's configuration names, would be the repository's to run.
  const PATH = (env['PATH'] ?? '').split(delimiter).filter(isAbsolute).join(delimiter);
  const args = ['-c', 'core.fsmonitor=false', 'check-ignore', '--quiet', '--no-index', path];
  return new Promise((resolve) => {
    execFile('git', args, { cwd: dirname(path), env: { ...env, PATH }, signal }, (error) => {
      resolve(error === null ? true : error.code === 1 ? false : undefined);
    });
  });
}
