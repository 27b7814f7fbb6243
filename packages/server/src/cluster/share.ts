import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Closers } from '../server.ts';
import type { TaskRunnerOptions } from '../task-runner.ts';
import type { Cluster } from './cluster.ts';
import { leaseSeconds, lookPause } from './lease-watch.ts';
import { takeWorkerFolder } from './worker-folder.ts';

const times: NonNullable<TaskRunnerOptions['shared']>['times'] = {
  lease: { seconds: leaseSeconds, beatSeconds: 2 },
  reconcileInterval: lookPause,
};

/** What a process that shares a store runs tasks with. */
type Share = Required<Pick<TaskRunnerOptions, 'shared' | 'folder' | 'socketPath'>>;

/** What a worker is to have. */
interface OwnPlaces {
  /** Where the workers of this host have their folders. */
  readonly folder: string;
  /** Where they have their sockets: a short path, in a folder of this user alone. */
  readonly sockets: string;
  readonly concurrency: number;
}

/** Joins the workers of a cluster, with a folder that no other one has. @throws PREFISH_SERVER_START */
export async function joinAsWorker(
  cluster: Cluster,
  { folder, sockets, concurrency }: OwnPlaces,
  closers: Closers,
): Promise<Share> {
  const own = takeWorkerFolder(folder);
  closers.push(() => own.release());
  await cluster.workers.join(own.worker, concurrency);
  const name = createHash('sha256').update(own.path).digest('hex').slice(0, 16);
  return { folder: own.path, socketPath: join(sockets, `${name}.sock`), ...shareOf(cluster, own.worker) };
}

/** What a process has that runs nothing, and settles what others have lost. */
export function shareOf(cluster: Cluster, worker: string): Pick<Share, 'shared'> {
  return { shared: { worker, cluster, times } };
}
