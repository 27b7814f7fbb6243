import { setTimeout as pause } from 'node:timers/promises';
import {
  createTaskId,
  isFinal,
  isPrefishError,
  type Event,
  type SubmitTask,
  type Task,
} from '@prefish/protocol';
import type { ServerClient } from '@prefish/protocol/client';
import { mayPass } from '../../plugins/teleport/src/outbox/trouble.ts';
import type { Repository } from '../support/repository.ts';
import type { SandboxHome } from '../support/sandbox-home.ts';
import type { TaskRecord } from './check.ts';
import type { Plan } from './plan.ts';
import type { System } from './system.ts';
import type { Witness } from './witness.ts';

interface Followed {
  readonly plan: Plan;
  readonly shown: Event[];
  readonly finals: string[];
}

const repo = 'faults1234567890';
/** How long one answer of the server is waited for, in milliseconds; it may be stopped. */
const patience = 3000;

/** Everything that was asked of a server that is being broken. As a client does, it asks again until it is answered. */
export class FaultRun {
  readonly #system: System;
  readonly #home: SandboxHome;
  readonly #repository: Repository;
  readonly #witness: Witness;
  readonly #followed = new Map<string, Followed>();
  readonly #open = new Set<string>();
  readonly #looked = new Set<string>();
  readonly #closing = new AbortController();
  readonly #background = new Set<Promise<void>>();
  #snapshot = '';

  private constructor(system: System, home: SandboxHome, repository: Repository, witness: Witness) {
    this.#system = system;
    this.#home = home;
    this.#repository = repository;
    this.#witness = witness;
  }

  /** Sends the server the snapshot that every task begins with. */
  static async open(system: System, home: SandboxHome, witness: Witness): Promise<FaultRun> {
    const run = new FaultRun(system, home, await home.repository({ 'a.txt': 'one\n' }), witness);
    const { remote } = await system.client.repository(repo);
    run.#snapshot = (await run.#repository.git('rev-parse', 'HEAD')).trim();
    await run.#repository.git('push', '-q', remote, 'HEAD:refs/prefish/snapshots/taaaaaaaaaaaaaaa');
    run.#spawn(() => run.#watchEnds());
    return run;
  }

  /** How many tasks are not known to have ended. */
  get open(): number {
    return this.#open.size;
  }

  /** Resolves once the server has acknowledged the task, which it may have been sent several times. */
  async submit(plan: Plan): Promise<string> {
    const id = createTaskId();
    const { after } = plan;
    const request: SubmitTask = {
      id,
      line: plan.line,
      repo,
      snapshot: this.#snapshot,
      base: { commit: this.#snapshot, branch: 'main', dirty: 0, untracked: 0 },
      root: this.#repository.path,
      cwd: '',
      path: '/usr/local/bin:/usr/bin:/bin',
      env: { HOME: this.#home.home, SHELL: '/bin/bash', LANG: 'C.UTF-8' },
      git: true,
      options: {
        unsandboxed: true,
        retries: plan.retries,
        ...(plan.timeout !== undefined && { timeout: plan.timeout }),
        ...(after !== undefined && { [after.any ? 'afterAny' : 'after']: [after.task] }),
      },
    };
    await this.#insist((client, signal) => client.submit(request, signal));
    const followed: Followed = { plan, shown: [], finals: [] };
    this.#followed.set(id, followed);
    this.#open.add(id);
    if (this.#followed.size % 3 === 0) this.#spawn(() => this.#follow(id, followed));
    const { cancel } = plan;
    if (cancel !== undefined) {
      this.#spawn(async () => {
        await pause(cancel);
        await this.#insist((client, signal) => client.cancel(id, signal));
      });
    }
    return id;
  }

  /** Waits until every task has ended, and says what is known of each. */
  async records(deadline: number): Promise<readonly TaskRecord[]> {
    const end = performance.now() + deadline;
    while (this.#open.size > 0 && performance.now() < end) await pause(50);
    this.#closing.abort();
    await Promise.allSettled(this.#background);
    return this.#recordsOf([...this.#followed.keys()]);
  }

  /** What is known by now of the tasks that have ended since this was asked before: nothing of them changes any more. */
  async endedRecords(): Promise<readonly TaskRecord[]> {
    const ended = [...this.#followed.keys()].filter((id) => !this.#open.has(id) && !this.#looked.has(id));
    for (const id of ended) this.#looked.add(id);
    return this.#recordsOf(ended);
  }

  async #recordsOf(ids: readonly string[]): Promise<TaskRecord[]> {
    const sightings = Map.groupBy(this.#witness.sightings, ({ task }) => task);
    const records: TaskRecord[] = [];
    for (const id of ids) {
      const { plan, shown, finals } = this.#followed.get(id)!;
      const task = await this.#insist((client, signal) => client.get(id, signal)).catch(notFound);
      const events =
        task === undefined ? [] : await this.#insist((client, signal) => historyOf(client, id, signal));
      records.push({ id, plan, task, events, shown, finals, sightings: sightings.get(id) ?? [] });
    }
    return records;
  }

  /** Follows what a task does as a viewer would, through every break. */
  async #follow(id: string, { shown }: Followed): Promise<void> {
    while (this.#open.has(id) && !this.#closing.signal.aborted) {
      try {
        const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(20_000)]);
        for await (const item of this.#system.client.follow(id, shown.at(-1)?.seq ?? 0, signal)) {
          if (item.kind === 'event') shown.push(item.event);
        }
        return;
      } catch {
        await pause(100);
      }
    }
  }

  /** Notes which tasks are said to have ended, and how. */
  async #watchEnds(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      await pause(100);
      for (const id of [...this.#open].slice(0, 8)) {
        const task = await this.#insist((client, signal) => client.get(id, signal)).catch(notFound);
        if (task !== undefined && !isFinal(task.state)) continue;
        this.#open.delete(id);
        if (task !== undefined) this.#followed.get(id)?.finals.push(task.state);
      }
      // The others come first the next time.
      for (const id of [...this.#open].slice(0, 8)) {
        this.#open.delete(id);
        this.#open.add(id);
      }
    }
  }

  /** Asks until there is an answer. @throws what the server refuses for good */
  async #insist<T>(ask: (client: ServerClient, signal: AbortSignal) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask(this.#system.client, AbortSignal.timeout(patience));
      } catch (error) {
        if (!mayPass(error)) throw error;
        this.#closing.signal.throwIfAborted();
        await pause(50);
      }
    }
  }

  #spawn(work: () => Promise<void>): void {
    const running = work().catch(() => {});
    this.#background.add(running);
    void running.finally(() => this.#background.delete(running));
  }
}

async function historyOf(client: ServerClient, id: string, signal: AbortSignal): Promise<Event[]> {
  const events: Event[] = [];
  for await (const event of client.history(id, 0, signal)) events.push(event);
  return events;
}

function notFound(error: unknown): Task | undefined {
  if (isPrefishError(error) && error.code === 'PREFISH_TASK_NOT_FOUND') return undefined;
  throw error;
}
