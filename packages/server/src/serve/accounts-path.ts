import { join } from 'node:path';

/** Where a server keeps its accounts, in its folder. */
export function accountsPath(folder: string): string {
  return join(folder, 'accounts.db');
}
