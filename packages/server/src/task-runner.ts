import { rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { TaskDiff } from '@prefish/protocol';
import type { Cluster } from './cluster/cluster.ts';
import { Guard } from './cluster/guard.ts';
import type { Credentials } from './credentials/credentials.ts';
import type { TidyOptions } from './housekeeping/housekeeping.ts';
import type { Log } from './log.ts';
import { Dispatcher, type DispatcherOptions } from './queue/dispatcher.ts';
import { reconcile } from './queue/reconciliation.ts';
import type { Repositories } from './repositories/repositories.ts';
import type { Offer } from './runtime.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import type { Closers } from './server.ts';
import type { Lease, Store, StoredTask } from './store/store.ts';
import type { RunAttempt } from './worker/attempt.ts';
import type { LiveDiffs } from './worker/live-diff.ts';
import { createRunAttempt } from './worker/run-attempt.ts';
import { Dependencies } from './worker/setup/dependencies.ts';
import { TaskTrees } from './worker/tree/task-trees.ts';
import { removeAllWorkFolders, workFolderPath } from './worker/work-folder.ts';

/** What tasks are run with. */
export interface TaskRunnerOptions {
  readonly store: Store;
  readonly repositories: Repositories;
  readonly sandbox: Sandbox;
  readonly credentials: Credentials;
  /** Of this process alone: workspaces, bases, installed dependencies. */
  readonly folder: string;
  /** The server's: what `--keep` keeps is there. */
  readonly data: string;
  /** Sockets of tasks are beside it. */
  readonly socketPath: string;
  readonly offer: () => Promise<Offer>;
  /** What is not to be shown to tasks; asked for each. */
  readonly hidden: () => readonly string[];
  readonly restricted: boolean;
  readonly concurrency: number;
  /** {@link DispatcherOptions.mostOfOwner} */
  readonly mostOfOwner?: number | undefined;
  /** {@link DispatcherOptions.drain} */
  readonly drain?: number | undefined;
  readonly log: Log;
  /** Runs the attempts, instead of workspaces and sandboxes of this machine. */
  readonly run?: RunAttempt | undefined;
  /** Set where several processes run the tasks of one store. */
  readonly shared?: {
    /** {@link import('./cluster/worker-folder.ts').WorkerFolder.worker} */
    readonly worker: string;
    readonly cluster: Cluster;
    readonly times: Required<Pick<DispatcherOptions, 'lease' | 'reconcileInterval'>>;
  };
}

/** What runs tasks on this machine. */
export interface TaskRunner {
  readonly dispatcher: Dispatcher;
  /** Frees what is kept to be quick; says how many bytes. */
  tidy(options: TidyOptions): Promise<number>;
  /** {@link LiveDiffs.of} */
  liveDiff(stored: StoredTask, signal: AbortSignal): Promise<TaskDiff>;
  /** Begins to take tasks. */
  run(): void;
}

/** Settles what an earlier process left on this machine, and makes everything ready to run tasks. */
export async function openTaskRunner(options: TaskRunnerOptions, closers: Closers): Promise<TaskRunner> {
  const { store, repositories, sandbox, credentials, folder, log, shared } = options;
  const { offer, restricted, concurrency } = options;
  const sockets = taskSockets(options.socketPath);
  closers.push(() => rm(sockets, { recursive: true, force: true }));
  const trees = new TaskTrees(folder);
  const dependencies = new Dependencies(folder);
  const hidden = (): string[] => [options.data, dirname(options.socketPath), ...options.hidden()];
  let liveDiffs: LiveDiffs | undefined;
  const run =
    options.run ??
    createRunAttempt({
      repositories,
      sandbox,
      credentials,
      folder,
      kept: options.data,
      sockets,
      trees,
      dependencies,
      offer,
      get hidden() {
        return hidden();
      },
      restricted,
    });
  const workFolder = ({ id, attempt }: Lease): string => workFolderPath(folder, id, attempt);
  const everything = { everything: true, ...(shared !== undefined && { worker: shared.worker }) };
  await reconcile({ store, log, ...everything, workFolder });
  const guard = new Guard(log);
  closers.push(() => guard.close());
  const dispatcher = new Dispatcher({
    store,
    run,
    concurrency,
    mostOfOwner: options.mostOfOwner,
    drain: options.drain,
    log,
    workFolder,
    ...(shared !== undefined && {
      ...shared.times,
      worker: shared.worker,
      guard,
      elsewhere: (id, input) => shared.cluster.inputs.send(id, input),
    }),
  });
  shared?.cluster.inputs.serve(
    (id) => dispatcher.runs(id),
    (id, input) => dispatcher.send(id, input),
  );

  return {
    dispatcher,
    tidy: async (asked) => (await trees.tidy(asked)) + (await dependencies.tidy(asked)),
    async liveDiff(stored, signal) {
      const { LiveDiffs } = await import('./worker/live-diff.ts');
      liveDiffs ??= new LiveDiffs({ repositories, folder, trees, hidden });
      return liveDiffs.of(stored, signal);
    },
    run() {
      closers.push(() => dispatcher.close());
      // Clients are answered while the workspaces of lost attempts go; tasks begin after that.
      const cleaned = clean(sockets).then(() => dispatcher.start());
      closers.push(() => cleaned);
      // Whoever waits for a worker need not wait for this one.
      closers.push(() => shared?.cluster.workers.leave());
    },
  };

  /** Removes sockets and workspaces that a killed process left; the latter unless something of an attempt could not be ended. */
  async function clean(sockets: string): Promise<void> {
    try {
      await rm(sockets, { recursive: true, force: true });
      if ((await store.expired(everything)).length === 0) await removeAllWorkFolders(folder);
    } catch (error) {
      log('warn', 'workspaces of earlier attempts could not be removed', { error: String(error) });
    }
  }
}

/**
 * Where attempts have their sockets: beside the server's own, in a folder named by it, with little more than
 * its length.
 */
function taskSockets(socketPath: string): string {
  return join(dirname(socketPath), `${basename(socketPath, extname(socketPath)).slice(0, 8)}.d`);
}
