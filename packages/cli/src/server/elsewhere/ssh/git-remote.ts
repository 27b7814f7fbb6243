import { isAbsolute, normalize } from 'node:path/posix';
import type { GitRemote } from '@prefish/plugin-teleport';
import { PrefishError } from '@prefish/protocol';
import type { Folders } from '../../../folders.ts';
import { gitSshCommand, sshPaths, type SshAddress } from './ssh-options.ts';

/**
 * What git needs to reach a mirror in a folder of another machine: the connection that there is.
 *
 * @throws PREFISH_SERVER_ANSWER for what is no plain path: the server there says it, and git has it read by a shell
 */
export function gitRemote(folders: Folders, address: SshAddress, folder: string): GitRemote {
  if (!isPlain(folder)) {
    throw new PrefishError('PREFISH_SERVER_ANSWER', `${address.place} keeps its repositories at ${folder}`, {
      hint: 'The folder of a repository is an absolute path without “..” and “~”.',
    });
  }
  return {
    url: `${address.url}${encodeURI(folder).replaceAll('#', '%23').replaceAll('?', '%3F')}`,
    env: { GIT_SSH_COMMAND: gitSshCommand(sshPaths(folders, address)), GIT_SSH_VARIANT: 'ssh' },
  };
}

/** Absolute, as it would be written, and nothing that git would expand there: `/~user`. */
function isPlain(folder: string): boolean {
  return isAbsolute(folder) && normalize(folder) === folder && !/^\/~|\p{Cc}/u.test(folder);
}
