import { lstatSync } from 'node:fs';
import { findProgram } from '@prefish/processes';
import { PrefishError } from '@prefish/protocol';
import { hostFolders } from './host-folders.ts';
import { isolation, programs } from './host-profile.ts';
import { isWithin } from './paths.ts';

/** What a program sees that looks at a tree while its task goes on. */
export interface LookOptions {
  /** What is only read: the tree, and the mirror behind it. */
  readonly read: readonly string[];
  /** The folder of this look alone. */
  readonly own: string;
  /** The server's folders and files: nothing else of them is there. */
  readonly hidden: readonly string[];
}

/**
 * What a program is started with that looks at a tree in which others write meanwhile. It sees that tree, and the
 * host's programs: a task that puts a link in the place of a folder, right after it was seen to be one, shows
 * nothing of the server's, and nothing of another account's.
 *
 * @throws PREFISH_SANDBOX_MISSING
 */
export function enclosedLook({ read, own, hidden }: LookOptions): readonly string[] {
  const program = findProgram('bwrap', process.env['PATH']);
  if (program === undefined) throw new PrefishError('PREFISH_SANDBOX_MISSING', 'bubblewrap was not found');
  const covered = hidden
    .filter((path) => hostFolders().some((folder) => isWithin(path, folder.path)))
    .flatMap((path) => {
      const found = lstatSync(path, { throwIfNoEntry: false });
      if (found === undefined) return [];
      return found.isDirectory() ? ['--tmpfs', path] : ['--ro-bind', '/dev/null', path];
    });
  const shown = read.flatMap((path) => ['--ro-bind', path, path]);
  const devices = ['--proc', '/proc', '--dev', '/dev'];
  const last = ['--bind', own, own, '--remount-ro', '/', '--'];
  return [program, ...isolation, ...programs(), ...devices, ...covered, ...shown, ...last];
}
