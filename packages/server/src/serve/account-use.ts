import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { diskUse } from '@prefish/durable';
import { accountFolders } from './account-folders.ts';

/** What an account has on a server. */
export interface AccountUse {
  /** Tasks that have not ended. Absent where they are in a database elsewhere, or one that cannot be read. */
  readonly tasks?: number;
  /** Its repositories, what its tasks keep and said, and what is kept to begin them quickly, in bytes. */
  readonly disk: number;
}

const query = `
  select count(*) filter (where state in ('submitted', 'working', 'input-required')) as tasks,
         coalesce(sum(transcript + brought), 0) as size
  from tasks where owner = ?`;

/** What an account has on the server of a folder, read beside it, whether it runs or not. */
export async function accountUse(folder: string, account: string): Promise<AccountUse> {
  const path = join(folder, 'tasks.db');
  const noted = existsSync(path) ? readTasks(path, account) : undefined;
  const folders = await accountFolders(folder, account, async (ids) =>
    ids.filter((id) => noted?.ids.has(id) === true),
  );
  const disk = await diskUse(folders);
  return noted === undefined ? { disk } : { tasks: noted.tasks, disk: disk + noted.size };
}

function readTasks(
  path: string,
  account: string,
): { readonly tasks: number; readonly size: number; readonly ids: ReadonlySet<string> } | undefined {
  try {
    using database = new DatabaseSync(path, { readOnly: true, timeout: 1000 });
    const { tasks, size } = database.prepare(query).get(account) as Record<string, number>;
    const rows = database.prepare('select id from tasks where owner = ?').all(account);
    return { tasks: tasks!, size: size!, ids: new Set(rows.map(({ id }) => String(id))) };
  } catch {
    // Of another version, or damaged: the server says so, and the accounts are no part of it.
    return undefined;
  }
}
