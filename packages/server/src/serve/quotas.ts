import { PrefishError, formatBytes, type AccountLimits } from '@prefish/protocol';
import { diskUse } from '@prefish/durable';
import { mirrorsOf } from '../repositories/mirrors.ts';
import { mirrorsBelow } from '../repositories/tidy-mirrors.ts';
import type { Store } from '../store/store.ts';
import { tooManyTasks } from '../store/submission.ts';
import { Turns } from '../turns.ts';
import { accountFolders } from './account-folders.ts';
import type { ServeLimits } from './serve-options.ts';

/** How long a measured size counts: so many times as long as it took to measure, and never longer, in milliseconds. */
const sizeAge = { times: 50, most: 10_000 };

/** How long nothing more is looked for that could be freed of an account that has what it had, in milliseconds. */
const freedAge = 60_000;

/** Where accounts have what they have. */
export interface QuotasOptions {
  readonly store: Store;
  readonly limits: ServeLimits;
  /** The server's. */
  readonly folder: string;
  /** Frees what no task of an account needs. May take long. */
  readonly freeUnneeded: (account: string) => Promise<void>;
}

/** What each account may have, and has. */
export class Quotas {
  readonly #options: QuotasOptions;
  /** What an account that was freed of all that it does not need had then, in bytes, and until when that holds. */
  readonly #freed = new Map<string, { readonly left: number; readonly until: number }>();
  readonly #freeing = new Turns(1);
  readonly #sizes = new Map<string, { until: number; readonly size: Promise<number> }>();

  constructor(options: QuotasOptions) {
    this.#options = options;
  }

  async of(account: string): Promise<AccountLimits> {
    const [tasks, disk] = await Promise.all([this.#tasks(account), this.#disk(account)]);
    return { tasks, disk: { most: this.#options.limits.disk, now: disk } };
  }

  /** Sees whether an account may have one more task; the store has the last word. @throws PREFISH_LIMIT */
  async admitTask(account: string): Promise<void> {
    const tasks = await this.#tasks(account);
    if (tasks.now >= tasks.most) throw tooManyTasks(account, tasks);
    await this.admitBytes(account);
  }

  /** Sees whether an account may have one more repository. @throws PREFISH_LIMIT */
  async admitRepository(account: string): Promise<void> {
    const { folder, limits } = this.#options;
    const now = (await mirrorsBelow(mirrorsOf(folder, account))).length;
    if (now >= limits.repositories) {
      throw new PrefishError(
        'PREFISH_LIMIT',
        `${account} has ${now} repositories on this server, which lets an account have no more.`,
        { hint: 'One goes by itself when it has no task any more: prefish tasks rm ID.' },
      );
    }
    await this.admitBytes(account);
  }

  /** How many bytes an account may still bring: at least one. @throws PREFISH_LIMIT */
  async admitBytes(account: string): Promise<number> {
    const most = this.#options.limits.disk;
    let now = await this.#disk(account);
    if (now >= most) now = await this.#free(account, now);
    if (now < most) return most - now;
    throw new PrefishError(
      'PREFISH_LIMIT',
      `${account} has ${formatBytes(now)} on this server, which lets an account have ${formatBytes(most)}.`,
      { hint: 'prefish tasks rm ID removes what is not needed any more.' },
    );
  }

  /** What an account has once it was freed of what it does not need. */
  async #free(account: string, now: number): Promise<number> {
    return this.#freeing.during(account, async () => {
      const before = this.#freed.get(account);
      if (before?.left === now && performance.now() < before.until) return now;
      await this.#options.freeUnneeded(account);
      this.changed(account);
      const left = await this.#disk(account);
      this.#freed.set(account, { left, until: performance.now() + freedAge });
      return left;
    });
  }

  /** Has the disk of an account measured anew: it has brought or lost much. */
  changed(account: string): void {
    this.#sizes.delete(account);
  }

  async #tasks(account: string): Promise<AccountLimits['tasks']> {
    const { store, limits } = this.#options;
    const { submitted, working } = await store.counts(account);
    return { most: limits.tasks, now: submitted + working };
  }

  async #disk(account: string): Promise<number> {
    return (await this.#folders(account)) + (await this.#options.store.size(account));
  }

  #folders(account: string): Promise<number> {
    const known = this.#sizes.get(account);
    if (known !== undefined && performance.now() < known.until) return known.size;
    const began = performance.now();
    const measured = { until: Number.POSITIVE_INFINITY, size: this.#measure(account) };
    this.#sizes.set(account, measured);
    measured.size.then(
      () => {
        const now = performance.now();
        measured.until = now + Math.min(sizeAge.most, sizeAge.times * (now - began));
      },
      () => this.changed(account),
    );
    return measured.size;
  }

  async #measure(account: string): Promise<number> {
    const { folder, store } = this.#options;
    return diskUse(await accountFolders(folder, account, (ids) => store.ownedBy(account, ids)));
  }
}
