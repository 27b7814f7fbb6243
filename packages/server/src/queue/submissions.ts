import {
  PrefishError,
  isFinal,
  isPrefishError,
  type Network,
  type SubmitTask,
  type Task,
} from '@prefish/protocol';
import type { Repositories } from '../repositories/repositories.ts';
import type { Offer } from '../runtime.ts';
import { chooseSandbox } from '../sandbox/choose-sandbox.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Store, StoredTask } from '../store/store.ts';
import type { UnfinishedMarker } from './unfinished-marker.ts';

/** The prefix whose lines a task may not begin with. */
const teleport = 'teleport';

/** What a server asks of the tasks that it takes. */
export interface SubmissionsOptions {
  readonly store: Store;
  readonly repositories: Repositories;
  readonly sandbox: Sandbox;
  readonly marker: UnfinishedMarker;
  readonly place: string;
  readonly offer: () => Promise<Offer>;
  /** The network levels on offer; the first is the default. */
  readonly networks: readonly [Network, ...Network[]];
  /** How many tasks may wait. */
  readonly limit: number;
}

/** Takes tasks: refuses what this server could not run, and acknowledges what is durable. */
export class Submissions {
  readonly #options: SubmissionsOptions;

  constructor(options: SubmissionsOptions) {
    this.#options = options;
  }

  /**
   * Takes a task; the same id twice is one task.
   *
   * @throws PREFISH_TELEPORT_NESTED, PREFISH_NETWORK_UNSUPPORTED, PREFISH_SANDBOX_MISSING,
   * PREFISH_SNAPSHOT_UNKNOWN, PREFISH_LIMIT, PREFISH_TASK_NOT_FOUND
   */
  async submit(request: SubmitTask): Promise<{ readonly task: Task; readonly created: boolean }> {
    const { store, sandbox, place, marker } = this.#options;
    const known = await this.#known(request.id);
    if (known !== undefined) return { task: known.task, created: false };

    await this.#checkPrefix(request.line);
    const network = this.#network(request.options.network);
    const kind = await chooseSandbox(sandbox, request);
    await this.#checkLimit();
    await this.#keepSnapshot(request);
    const complete = { ...request, options: { ...request.options, network } };
    return marker.during(() => store.submit(complete, { place, sandbox: kind }));
  }

  /**
   * Submits the line of a finished task again under a new id, from the same snapshot. It waits for
   * no other task: whatever it waited for has ended.
   *
   * @throws PREFISH_TASK_STATE while the task has not ended
   */
  async retry({ task, request }: StoredTask, newId: string): Promise<Task> {
    if (!isFinal(task.state)) {
      throw new PrefishError('PREFISH_TASK_STATE', `Task ${task.id} has not ended yet.`, {
        hint: `prefish tasks cancel ${task.number} ends it.`,
      });
    }
    const { after: _, ...options } = request.options;
    return (await this.submit({ ...request, id: newId, options })).task;
  }

  async #known(id: string): Promise<StoredTask | undefined> {
    try {
      return await this.#options.store.find(id);
    } catch (error) {
      if (isPrefishError(error) && error.code === 'PREFISH_TASK_NOT_FOUND') return undefined;
      throw error;
    }
  }

  async #checkPrefix(line: string): Promise<void> {
    const { prefixes } = await this.#options.offer();
    const matching = prefixes.filter(({ token }) => line.startsWith(token));
    const longest = matching.sort((one, other) => other.token.length - one.token.length)[0];
    if (longest?.id !== teleport) return;
    throw new PrefishError('PREFISH_TELEPORT_NESTED', 'A task cannot teleport a line of its own.', {
      hint: `Leave the ${longest.token} at the beginning of the line out.`,
    });
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

  async #checkLimit(): Promise<void> {
    const { store, limit } = this.#options;
    const { submitted } = await store.counts();
    if (submitted < limit) return;
    throw new PrefishError('PREFISH_LIMIT', `${submitted} tasks wait already; this server keeps no more.`, {
      hint: 'Wait until some have run, or cancel some.',
    });
  }

  async #keepSnapshot({ id, repo, snapshot }: SubmitTask): Promise<void> {
    if (await this.#options.repositories.keepSnapshot(repo, id, snapshot)) return;
    throw new PrefishError(
      'PREFISH_SNAPSHOT_UNKNOWN',
      `The commit ${snapshot} is not in the server’s mirror of ${repo}.`,
      { hint: 'Push the snapshot first.' },
    );
  }
}
