import {
  PrefishError,
  isFinal,
  isPrefishError,
  type ContinueTask,
  type Enclosure,
  type ModelAccess,
  type Network,
  type SandboxKind,
  type SubmitTask,
  type Task,
} from '@prefish/protocol';
import type { Credentials } from '../credentials/credentials.ts';
import { parseHostPattern } from '../egress/host-pattern.ts';
import type { Repositories } from '../repositories/repositories.ts';
import type { Offer } from '../runtime.ts';
import { chooseSandbox } from '../sandbox/choose-sandbox.ts';
import { taskHome } from '../sandbox/environment.ts';
import { checkGrantedMounts } from '../sandbox/granted-mounts.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { KeptRequest, Store, StoredTask } from '../store/store.ts';
import { checkWaiting } from '../store/submission.ts';
import { checkEnded, continuationOf } from './continuation.ts';
import { fromElsewhere } from './from-elsewhere.ts';
import { checkMessage, checkNotNested } from './line-prefix.ts';
import type { UnfinishedMarker } from './unfinished-marker.ts';

/** What a server asks of the tasks that it takes. */
export interface SubmissionsOptions {
  readonly store: Store;
  readonly repositories: Repositories;
  readonly credentials: Credentials;
  readonly sandbox: Sandbox;
  readonly marker: UnfinishedMarker;
  readonly place: string;
  readonly offer: () => Promise<Offer>;
  /** The network levels on offer; the first is the default. */
  readonly networks: readonly [Network, ...Network[]];
  /** How many tasks may wait. Of one account among others, as many as leave so many to the rest. */
  readonly limit: number;
  /** Set on a server that others use too: what is submitted comes from another machine, and needs a sandbox. */
  readonly elsewhere?: {
    /** Sees whether an owner may have one more task. @throws PREFISH_LIMIT */
    admit(owner: string): Promise<void>;
    /** How many tasks that have not ended an owner may have. */
    readonly most: number;
  };
}

/** Takes tasks: refuses what this server could not run, and acknowledges what is durable. */
export class Submissions {
  readonly #options: SubmissionsOptions;

  constructor(options: SubmissionsOptions) {
    this.#options = options;
  }

  /**
   * Takes a task of an owner; the same id twice is one task.
   *
   * @throws PREFISH_REQUEST_INVALID, PREFISH_TELEPORT_NESTED, PREFISH_NETWORK_UNSUPPORTED, PREFISH_SANDBOX_MISSING,
   * PREFISH_SNAPSHOT_UNKNOWN, PREFISH_LIMIT, PREFISH_TASK_NOT_FOUND
   */
  async submit(
    owner: string,
    asked: SubmitTask,
    { continues, repeats }: Pick<KeptRequest, 'continues' | 'repeats'> = {},
  ): Promise<{ readonly task: Task; readonly created: boolean }> {
    const { sandbox, elsewhere } = this.#options;
    const known = await this.#known(asked.id);
    if (known?.owner === owner) return { task: known.task, created: false };
    // Its credentials and its workspace go by the id alone.
    if (known !== undefined) throw new PrefishError('PREFISH_REQUEST_INVALID', 'id: must be a new one');
    const request = elsewhere === undefined ? asked : fromElsewhere(asked);

    checkNotNested(request.line, await this.#prefixes());
    const network = this.#network(request.options.network);
    for (const pattern of request.options.allow ?? []) parseHostPattern(pattern);
    checkGrantedMounts(request.options.mounts ?? [], { home: taskHome(request), hidden: [] });
    const { models = [], enclosed, ...plain } = request;
    const complete: KeptRequest = {
      ...plain,
      options: { ...request.options, network },
      ...(models.length > 0 && { modelApis: models.map(({ api }) => api) }),
      ...(continues !== undefined && { continues }),
      ...(repeats !== undefined && { repeats }),
    };
    const kind = await chooseSandbox(sandbox, complete);
    await this.#admit(owner);
    await this.#keepSnapshot(owner, request);
    if (continues?.commit !== undefined) await this.#keepBeginning(owner, request, continues.commit);
    return this.#take(owner, complete, kind, models, enclosed);
  }

  /** Credentials are on the disk before the task is: an accepted task has what it needs. */
  async #take(
    owner: string,
    request: KeptRequest,
    sandbox: SandboxKind,
    models: readonly ModelAccess[],
    enclosed: Enclosure | undefined,
  ): Promise<{ readonly task: Task; readonly created: boolean }> {
    const { store, place, marker, credentials, limit, elsewhere } = this.#options;
    const most = elsewhere === undefined ? {} : { most: elsewhere.most };
    const defaults = { owner, place, sandbox, mayWait: limit, ...most };
    return marker.during(async () => {
      if (models.length > 0) await credentials.keep(request.id, models);
      try {
        const taken = await store.submit(request, defaults, enclosed);
        if (isFinal(taken.task.state)) credentials.forget(request.id);
        return taken;
      } catch (error) {
        // Unless the same task came twice, and was taken the other time.
        if ((await this.#known(request.id)) === undefined) credentials.forget(request.id);
        throw error;
      }
    });
  }

  /**
   * Submits the line of a finished task again under a new id, from the same snapshot. It waits for
   * no other task: whatever it waited for has ended. Leave to use models has to be given anew.
   *
   * @throws PREFISH_TASK_STATE while the task has not ended; PREFISH_CREDENTIAL_MISSING
   */
  async retry(
    { owner, task, request }: StoredTask,
    newId: string,
    models: readonly ModelAccess[] = [],
  ): Promise<Task> {
    if (!isFinal(task.state)) {
      throw new PrefishError('PREFISH_TASK_STATE', `Task ${task.id} has not ended yet.`, {
        hint: `prefish tasks cancel ${task.number} ends it.`,
      });
    }
    const { modelApis: _apis, options, continues, repeats: _before, ...rest } = request;
    checkModels({ task, request }, models);
    const enclosed = await this.#enclosureFor(owner, newId, task);
    const { after: _, afterAny: __, ...kept } = options;
    const again: SubmitTask = {
      ...rest,
      id: newId,
      options: kept,
      models,
      ...(enclosed !== undefined && { enclosed }),
    };
    const from = { ...(continues !== undefined && { continues }), repeats: task.id };
    return (await this.submit(owner, again, from)).task;
  }

  /**
   * Has a new task take up one that has ended, with a message; see {@link continuationOf}.
   *
   * @throws PREFISH_TASK_STATE while that one has not ended; what {@link submit} throws
   */
  async continue(ended: StoredTask, asked: ContinueTask): Promise<Task> {
    checkEnded(ended);
    checkMessage(ended, asked.line, await this.#prefixes());
    // Who sends settings along knows which credentials its agent needs.
    if (asked.enclosed?.settings === undefined) checkModels(ended, asked.models);
    const enclosed = await this.#enclosureFor(ended.owner, asked.id, ended.task);
    const { request, continues } = continuationOf(ended, enclosed, asked);
    return (await this.submit(ended.owner, request, { continues })).task;
  }

  async #known(id: string): Promise<StoredTask | undefined> {
    try {
      return await this.#options.store.get(id);
    } catch (error) {
      if (isPrefishError(error) && error.code === 'PREFISH_TASK_NOT_FOUND') return undefined;
      throw error;
    }
  }

  async #prefixes(): Promise<Offer['prefixes']> {
    return (await this.#options.offer()).prefixes;
  }

  #network(asked: Network | undefined): Network {
    const { networks } = this.#options;
    if (asked === undefined) return networks[0];
    if (networks.includes(asked)) return asked;
    throw new PrefishError(
      'PREFISH_NETWORK_UNSUPPORTED',
      `This server does not offer the network level ${asked}.`,
      {
        hint: `It offers: ${networks.join(', ')}.`,
      },
    );
  }

  /** What came along with an earlier task, which may be long: read for one that may be taken, and is not yet. @throws PREFISH_LIMIT */
  async #enclosureFor(owner: string, newId: string, earlier: Task): Promise<Enclosure | undefined> {
    if ((await this.#known(newId)) !== undefined) return undefined;
    await this.#admit(owner);
    return this.#options.store.enclosure(earlier.id);
  }

  /** Sees whether one more may be taken, before much is done for it; the store has the last word. @throws PREFISH_LIMIT */
  async #admit(owner: string): Promise<void> {
    const { store, limit, elsewhere } = this.#options;
    const { submitted: all } = await store.counts();
    if (elsewhere === undefined) return checkWaiting(limit, all);
    const { submitted: waiting } = await store.counts(owner);
    checkWaiting(limit, all, { owner, waiting });
    await elsewhere.admit(owner);
  }

  /** What a task begins with outlives the task that left it. */
  async #keepBeginning(owner: string, { id, repo }: SubmitTask, commit: string): Promise<void> {
    const mirrors = this.#options.repositories.of(owner);
    if (await mirrors.has(repo, commit)) return mirrors.keepResult(repo, { id, attempt: 0 }, commit);
    throw new PrefishError('PREFISH_SNAPSHOT_UNKNOWN', 'What the task left is no longer in the mirror.');
  }

  async #keepSnapshot(owner: string, { id, repo, snapshot }: SubmitTask): Promise<void> {
    if (await this.#options.repositories.of(owner).keepSnapshot(repo, id, snapshot)) return;
    throw new PrefishError(
      'PREFISH_SNAPSHOT_UNKNOWN',
      `The commit ${snapshot} is not in the server’s mirror of ${repo}.`,
      { hint: 'Push the snapshot first.' },
    );
  }
}

/** Leave to use a model went with the end of a task, and comes anew with the next. @throws PREFISH_CREDENTIAL_MISSING */
function checkModels(
  { task, request: { modelApis = [] } }: Pick<StoredTask, 'task' | 'request'>,
  models: readonly ModelAccess[] = [],
): void {
  const missing = modelApis.filter((api) => !models.some((model) => model.api === api));
  if (missing.length === 0) return;
  throw new PrefishError(
    'PREFISH_CREDENTIAL_MISSING',
    `The credentials of task ${task.id} went with its end, and none came anew: ${missing.join(', ')}.`,
    { hint: 'Send the line again with &.' },
  );
}
