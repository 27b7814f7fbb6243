import { sql } from 'kysely';
import { afterAll } from 'vitest';
import { needs } from '../../../../../test/support/needs.ts';
import { startPostgres, type Postgres } from '../../../../../test/support/postgres.ts';
import { openPostgres } from '../../../src/store/postgres/open-postgres.ts';
import { describeStore } from '../conformance.ts';

needs('postgres');
let postgres: Postgres | undefined;
let url: string;
afterAll(() => postgres?.[Symbol.asyncDispose]());

describeStore(
  'Postgres store',
  async (options) => {
    if (postgres === undefined) {
      postgres = await startPostgres();
      url = await postgres.database('conformance');
    }
    const { db, store } = await openPostgres({ url, log: () => {}, ...options });
    await sql`truncate owners, tasks, workers restart identity cascade`.execute(db);
    return store;
  },
  100,
);
