import { connect } from 'node:net';
import type { Folders } from '../folders.ts';
import { socketPath } from './location.ts';
import { spawnDaemon } from './spawn-daemon.ts';

/** Starts the server again, without waiting for it, unless one answers. For a server that left work behind. */
export async function reviveServer(folders: Folders): Promise<void> {
  if (await answers(socketPath(folders))) return;
  spawnDaemon(folders).once('error', () => {});
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
