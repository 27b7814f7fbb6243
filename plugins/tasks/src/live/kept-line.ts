import { PrefishError, type RunContext, type Task } from '@prefish/core';
import { serverAwayPatienceMs } from '@prefish/protocol';
import { sanitizeLabel } from '@prefish/screen';

const notDelivered = 'not-delivered';

/** Whether a line waits here to be sent, or is being sent: no server has given it a number. */
export function isUnsent({ number, source, state }: Task): boolean {
  return number === 0 && source !== 'shells' && state === 'submitted';
}

/** Why a line waits here, `''` where that is not known yet; `undefined` for what is sent, or on its way. */
export function whyKept(task: Task): string | undefined {
  const { reason = '' } = task;
  if (!isUnsent(task) || !reason.startsWith(notDelivered)) return undefined;
  return sanitizeLabel(reason.slice(notDelivered.length).replace(/^[:,] /, ''));
}

/** The patience of who waits for a line that is kept here: why it is is said once, and after a minute it is given up. */
export class KeptLine {
  readonly #out: RunContext['out'];
  readonly #patienceMs: number;
  #since: number | undefined;
  #isTold = false;

  /** @param patienceMs in milliseconds; {@link serverAwayPatienceMs} where nothing is said */
  constructor(out: RunContext['out'], patienceMs: number = serverAwayPatienceMs) {
    this.#out = out;
    this.#patienceMs = patienceMs;
  }

  /** Takes notice of how the line is now. @throws PREFISH_SERVER_UNREACHABLE once it was kept for too long */
  look(task: Task): void {
    const why = whyKept(task);
    if (why === undefined) {
      this.#since = undefined;
      return;
    }
    this.#since ??= performance.now();
    const id = sanitizeLabel(task.id);
    const because = why === '' ? '' : `: ${why.replace(/\.$/, '')}`;
    if (performance.now() - this.#since >= this.#patienceMs) {
      throw new PrefishError(
        'PREFISH_SERVER_UNREACHABLE',
        `${id} was not sent${because}; it is no longer waited for`,
        {
          hint: `It is kept, and goes out once it can. prefish tasks wait ${id}; prefish tasks cancel ${id} drops it`,
        },
      );
    }
    if (this.#isTold || why === '') return;
    this.#isTold = true;
    this.#out.warn('PREFISH_SERVER_UNREACHABLE', `${id} is not sent yet${because}; it is waited for`);
  }
}
