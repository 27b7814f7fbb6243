import { setTimeout as delay } from 'node:timers/promises';
import { PrefishError, errorMessage, isPrefishError, type AnyErrorCode } from '@prefish/protocol';
import type { Kysely } from 'kysely';
import type { Log } from '../log.ts';
import type { Notices } from '../store/postgres/notices.ts';
import type { SharedSchema } from '../store/postgres/schema.ts';
import type { TaskInput } from '../worker/attempt.ts';

/** After how long a worker that does not answer is told again, in milliseconds, and how often: it may not have been listening. */
const [again, mostTries] = [1000, 10];

/** What a worker said of an input. */
interface Answer {
  readonly code?: AnyErrorCode;
  readonly message?: string;
}

/** Where inputs are kept on their way. */
export interface InputsOptions {
  readonly db: Kysely<SharedSchema>;
  readonly notices: Notices;
  readonly log: Log;
}

/** Messages and answers for tasks, from the server that they come to, to the worker that runs the task. */
export class Inputs {
  readonly #options: InputsOptions;
  #unsubscribe = (): void => {};
  #turn: Promise<void> = Promise.resolve();

  constructor(options: InputsOptions) {
    this.#options = options;
  }

  /** Hands an input over; resolves when the worker of the task has taken it. @throws what the worker throws; PREFISH_TASK_STATE */
  async send(id: string, input: TaskInput): Promise<void> {
    const { db, notices } = this.#options;
    const { number } = await db
      .insertInto('inputs')
      .values(({ selectFrom }) => ({
        task: selectFrom('tasks').select('number').where('id', '=', id),
        body: JSON.stringify(input),
      }))
      .returning('number')
      .executeTakeFirstOrThrow();
    let wake = (): void => {};
    const stop = notices.onInput((notice) => {
      if (notice.kind === 'answered' && notice.id === String(number)) wake();
    });
    try {
      for (let tries = 0; tries < mostTries; tries += 1) {
        const woken = new Promise<void>((resolve) => (wake = resolve));
        await notices.announceInput(db, { kind: 'input', id });
        const late = new AbortController();
        await Promise.race([woken, delay(again, undefined, { signal: late.signal }).catch(() => {})]);
        late.abort();
        const answer = await this.#answer(number, id);
        if (answer !== undefined) return settle(answer);
      }
      throw runsNowhere(id);
    } finally {
      stop();
      await db
        .deleteFrom('inputs')
        .where('number', '=', number)
        .execute()
        .catch(() => {});
    }
  }

  /** Hands on what comes for tasks that `runs` says are run here. */
  serve(runs: (id: string) => boolean, deliver: (id: string, input: TaskInput) => Promise<void>): void {
    const { notices, log } = this.#options;
    this.#unsubscribe = notices.onInput(({ kind, id }) => {
      if (kind !== 'input' || !runs(id)) return;
      this.#turn = this.#turn
        .then(() => this.#deliverAll(id, deliver))
        .catch((error: unknown) =>
          log('error', 'an input did not reach its task', { error: errorMessage(error) }),
        );
    });
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    await this.#turn;
  }

  /** What the worker said, if it said something; that a task does not run is an answer too. */
  async #answer(number: number, id: string): Promise<Answer | undefined> {
    const row = await this.#options.db
      .selectFrom('inputs')
      .innerJoin('tasks', 'tasks.number', 'inputs.task')
      .select(['answer', 'state'])
      .where('inputs.number', '=', number)
      .executeTakeFirst();
    if (row?.answer != null) return JSON.parse(row.answer) as Answer;
    if (row?.state === 'working' || row?.state === 'input-required') return undefined;
    throw runsNowhere(id);
  }

  async #deliverAll(id: string, deliver: (id: string, input: TaskInput) => Promise<void>): Promise<void> {
    const { db, notices } = this.#options;
    const waiting = await db
      .selectFrom('inputs')
      .innerJoin('tasks', 'tasks.number', 'inputs.task')
      .select(['inputs.number', 'inputs.body'])
      .where('tasks.id', '=', id)
      .where('inputs.answer', 'is', null)
      .orderBy('inputs.number')
      .execute();
    for (const { number, body } of waiting) {
      const answer = await deliver(id, JSON.parse(body) as TaskInput).then(
        (): Answer => ({}),
        (error: unknown): Answer => ({
          code: isPrefishError(error) ? error.code : 'PREFISH_SERVER_INTERNAL',
          message: errorMessage(error),
        }),
      );
      await db
        .updateTable('inputs')
        .set({ answer: JSON.stringify(answer) })
        .where('number', '=', number)
        .execute();
      await notices.announceInput(db, { kind: 'answered', id: String(number) });
    }
  }
}

function runsNowhere(id: string): PrefishError {
  return new PrefishError('PREFISH_TASK_STATE', `Task ${id} does not run, so nothing can be said to it.`);
}

function settle({ code, message = '' }: Answer): void {
  if (code !== undefined) throw new PrefishError(code, message);
}
