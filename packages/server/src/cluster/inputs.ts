import { setTimeout as delay } from 'node:timers/promises';
import { PrefishError, errorMessage, isPrefishError, type AnyErrorCode } from '@prefish/protocol';
import type { Kysely } from 'kysely';
import type { Log } from '../log.ts';
import type { Notices } from '../store/postgres/notices.ts';
import type { SharedSchema } from '../store/postgres/schema.ts';
import type { TaskInput } from '../worker/attempt.ts';

/** How long a worker may take to take an input, in milliseconds. */
const patience = 10_000;
/** How often the worker is told again, in milliseconds: it may not have been listening. */
const again = 1000;

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
    let wake = (): void => {};
    const stop = notices.onInput(({ kind }) => kind === 'answered' && wake());
    const { number } = await db
      .insertInto('inputs')
      .values(({ selectFrom }) => ({
        task: selectFrom('tasks').select('number').where('id', '=', id),
        body: JSON.stringify(input),
      }))
      .returning('number')
      .executeTakeFirstOrThrow();
    try {
      const deadline = performance.now() + patience;
      do {
        const woken = new Promise<void>((resolve) => (wake = resolve));
        await notices.announceInput(db, { kind: 'input', id });
        const pause = delay(again);
        for (;;) {
          const row = await db
            .selectFrom('inputs')
            .select('answer')
            .where('number', '=', number)
            .executeTakeFirst();
          if (row?.answer != null) return settle(JSON.parse(row.answer) as Answer);
          if ((await Promise.race([woken.then(() => 'woken'), pause])) !== 'woken') break;
        }
      } while (performance.now() < deadline);
      throw new PrefishError('PREFISH_TASK_STATE', `Task ${id} does not run, so nothing can be said to it.`, {
        hint: 'Try again: its worker may have been lost, and another one take it up.',
      });
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

function settle({ code, message = '' }: Answer): void {
  if (code !== undefined) throw new PrefishError(code, message);
}
