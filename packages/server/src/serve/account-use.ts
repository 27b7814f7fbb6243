import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { diskUse } from '@prefish/durable';

/** What an account has on a server. */
export interface AccountUse {
  /** Tasks that have not ended. Absent where they are in a database elsewhere, or one that cannot be read. */
  readonly tasks?: number;
  /** Its repositories and transcripts, in bytes. */
  readonly disk: number;
}

const query = `
  select count(*) filter (where state in ('submitted', 'working', 'input-required')) as tasks,
         coalesce(sum(transcript), 0) as transcripts
  from tasks where owner = ?`;

/** What an account has on the server of a folder, read beside it, whether it runs or not. */
export async function accountUse(folder: string, account: string): Promise<AccountUse> {
  const repositories = await diskUse([join(folder, 'repositories', account)]);
  const path = join(folder, 'tasks.db');
  if (!existsSync(path)) return { disk: repositories };
  try {
    using database = new DatabaseSync(path, { readOnly: true, timeout: 1000 });
    const { tasks, transcripts } = database.prepare(query).get(account) as Record<string, number>;
    return { tasks: tasks!, disk: repositories + transcripts! };
  } catch {
    // Of another version, or damaged: the server says so, and the accounts are no part of it.
    return { disk: repositories };
  }
}
