import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '@prefish/durable';
import { PrefishError } from '@prefish/protocol';
import type { Log } from '../log.ts';
import { openPostgres } from '../store/postgres/open-postgres.ts';
import type { Store } from '../store/store.ts';
import { Inputs } from './inputs.ts';
import { watchingLeases } from './lease-watch.ts';
import { WorkerList } from './worker-list.ts';

/** What servers and workers of one database have in common. */
export interface Cluster {
  readonly store: Store;
  readonly inputs: Inputs;
  readonly workers: WorkerList;
  close(): Promise<void>;
}

/** Where a cluster is. */
export interface ClusterOptions {
  /** {@link import('../store/postgres/open-postgres.ts').PostgresOptions.url} */
  readonly database: string;
  /** The folder that its servers and workers share: mirrors, credentials, kept files. */
  readonly data: string;
  /** Whether this process may make a folder the one of the database: a server may, a worker finds it. */
  readonly mayClaim: boolean;
  readonly log: Log;
}

/**
 * Joins the servers and workers of a database.
 *
 * @throws PREFISH_SERVER_START where the folder belongs to another database; what `openPostgres` throws
 */
export async function joinCluster({ database, data, mayClaim, log }: ClusterOptions): Promise<Cluster> {
  const { store: shared, db, notices, name } = await openPostgres({ url: database, log });
  const store = watchingLeases(shared);
  try {
    await checkFolder(data, name, mayClaim);
  } catch (error) {
    await store.close();
    throw error;
  }
  const inputs = new Inputs({ db, notices, log });
  const workers = new WorkerList({ db, log });
  await workers.refresh();
  return {
    store,
    inputs,
    workers,
    async close() {
      await inputs.close();
      await workers.close();
      await store.close();
    },
  };
}

/** Sees that a folder has the mirrors of this database: with those of another, every task would fail. */
async function checkFolder(data: string, name: string, mayClaim: boolean): Promise<void> {
  const path = join(data, 'database');
  const noted = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (noted === undefined && mayClaim) return writeDurably(path, `${name}\n`);
  if (noted?.trim() === name) return;
  throw new PrefishError(
    'PREFISH_SERVER_START',
    noted === undefined
      ? `${data} is not the data folder of a server of this database.`
      : `${data} is the data folder of another database.`,
    { hint: 'Servers and workers of one database share one folder: --data DIR.' },
  );
}
