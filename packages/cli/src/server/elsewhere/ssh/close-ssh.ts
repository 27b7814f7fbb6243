import { rm } from 'node:fs/promises';
import type { Folders } from '../../../folders.ts';
import { runSsh } from './run-ssh.ts';
import { destination, sshOptions, sshPaths, type SshAddress } from './ssh-options.ts';

/** Closes the connection to a host, where there is one. */
export async function closeSsh(folders: Folders, address: SshAddress, signal: AbortSignal): Promise<void> {
  const paths = sshPaths(folders, address);
  await runSsh([...sshOptions(paths), '-O', 'exit', ...destination(address)], paths.folder, signal).catch(
    () => {},
  );
  await rm(paths.socket, { force: true });
}
