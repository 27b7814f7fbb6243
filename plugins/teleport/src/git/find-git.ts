import { execFile } from 'node:child_process';
import { findProgram } from '@prefish/processes';
import { PrefishError } from '@prefish/protocol';

/** `merge-tree --write-tree` came with git 2.38 (https://github.com/git/git/blob/master/Documentation/RelNotes/2.38.0.txt). */
const oldest = [2, 38] as const;
const hint = 'Install git 2.38 or newer: https://git-scm.com/downloads';

const checked = new Map<string, Promise<void>>();

/**
 * The absolute path of git.
 *
 * @throws PREFISH_GIT_MISSING when PATH has none
 */
export function findGit(path: string | undefined): string {
  const file = findProgram('git', path);
  if (file !== undefined) return file;
  throw new PrefishError('PREFISH_GIT_MISSING', 'git was not found on PATH', { hint });
}

/**
 * Resolves when the git at `file` is new enough. Asked once a process.
 *
 * @throws PREFISH_GIT_MISSING naming the version found
 */
export function checkGitVersion(file: string): Promise<void> {
  let check = checked.get(file);
  if (check === undefined) {
    check = readVersion(file).then((found) => {
      const [major = 0, minor = 0] = found.split('.').map(Number);
      if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
      throw new PrefishError('PREFISH_GIT_MISSING', `${file} is git ${found}; 2.38 or newer is needed`, {
        hint,
      });
    });
    checked.set(file, check);
  }
  return check;
}

function readVersion(file: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, ['version'], { cwd: '/', env: { LC_ALL: 'C' } }, (error, stdout) => {
      const found = /^git version (\d+\.\d+[^\s]*)/.exec(stdout)?.[1];
      if (found !== undefined) resolve(found);
      else {
        reject(
          new PrefishError('PREFISH_GIT_MISSING', `${file} does not say its version`, { hint, cause: error }),
        );
      }
    });
  });
}
