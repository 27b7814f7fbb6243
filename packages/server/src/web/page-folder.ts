import { join } from 'node:path';

/** What the page of a server keeps, in the server's folder. */
export interface PageFolder {
  /** The browsers that are signed in. A server that finds none has nobody to serve yet. */
  readonly sessions: string;
  /** The port that it had last. */
  readonly port: string;
}

export function pageFolder(serverFolder: string): PageFolder {
  const folder = join(serverFolder, 'page');
  return { sessions: join(folder, 'sessions.json'), port: join(folder, 'port') };
}
