import { PrefishError } from '@prefish/protocol';

/** How many are open at the same time, and how long their ids may be: what runs can ask without end. */
const most = { open: 100, idLength: 1000 };

/** The questions of an attempt that wait for an answer. */
export class OpenQuestions {
  /** The number of each one's event, by its id. */
  readonly #numbers = new Map<string, number>();

  get size(): number {
    return this.#numbers.size;
  }

  /** Takes notice of one. Of too many the oldest is not answered any more. */
  open(id: string, seq: number): void {
    if (id.length > most.idLength) return;
    this.#numbers.delete(id);
    this.#numbers.set(id, seq);
    if (this.#numbers.size > most.open) this.#numbers.delete(this.#numbers.keys().next().value!);
  }

  /**
   * Takes notice of an answer, which may say the number of its question.
   *
   * @throws PREFISH_TASK_STATE where that is not open, or was asked by an earlier attempt
   */
  close(id: string, seq: number | undefined): void {
    const open = this.#numbers.get(id);
    if (open === undefined) {
      throw new PrefishError('PREFISH_TASK_STATE', `The task does not ask a question ${id}.`);
    }
    if (seq !== undefined && seq !== open) {
      throw new PrefishError(
        'PREFISH_TASK_STATE',
        'An earlier attempt asked that, and nobody answered it; the task asks again by now.',
      );
    }
    this.#numbers.delete(id);
  }
}
