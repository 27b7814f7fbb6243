import type { GitRemote } from '@prefish/plugin-teleport';
import type { Folders } from '../../../folders.ts';
import { gitSshCommand, sshPaths, type SshAddress } from './ssh-options.ts';

/** What git needs to reach a mirror in a folder of another machine: the connection that there is. */
export function gitRemote(folders: Folders, address: SshAddress, folder: string): GitRemote {
  return {
    url: `${address.url}${encodeURI(folder).replaceAll('#', '%23').replaceAll('?', '%3F')}`,
    env: { GIT_SSH_COMMAND: gitSshCommand(sshPaths(folders, address)), GIT_SSH_VARIANT: 'ssh' },
  };
}
