import { PrefishError, type AccountLimits } from '@prefish/protocol';
import { diskUse } from '@prefish/durable';
import type { Store } from '../store/store.ts';
import type { ServeLimits } from './serve-options.ts';
import { describeSize } from './size-words.ts';

/** How long a measured size counts, in milliseconds: a large mirror has many files. */
const sizeAge = 10_000;

/** Where accounts have what they have. */
export interface QuotasOptions {
  readonly store: Store;
  readonly limits: ServeLimits;
  /** The folders of an account on the disk. */
  readonly folders: (account: string) => readonly string[];
}

/** What each account may have, and has. */
export class Quotas {
  readonly #options: QuotasOptions;
  readonly #sizes = new Map<string, { readonly at: number; readonly size: Promise<number> }>();

  constructor(options: QuotasOptions) {
    this.#options = options;
  }

  async of(account: string): Promise<AccountLimits> {
    const { store, limits } = this.#options;
    const [{ submitted, working }, disk] = await Promise.all([store.counts(account), this.#disk(account)]);
    return {
      tasks: { most: limits.tasks, now: submitted + working },
      disk: { most: limits.disk, now: disk },
    };
  }

  /** Sees whether an account may have one more task. @throws PREFISH_LIMIT */
  async admitTask(account: string): Promise<void> {
    const { tasks, disk } = await this.of(account);
    if (tasks.now >= tasks.most) {
      throw new PrefishError(
        'PREFISH_LIMIT',
        `${account} has ${tasks.now} tasks that have not ended; this server lets an account have ${tasks.most}.`,
        { hint: 'Wait until some have ended, or cancel some.' },
      );
    }
    checkDisk(account, disk);
  }

  /** How many bytes an account may still bring: at least one. @throws PREFISH_LIMIT */
  async admitBytes(account: string): Promise<number> {
    const disk = { most: this.#options.limits.disk, now: await this.#disk(account) };
    checkDisk(account, disk);
    return disk.most - disk.now;
  }

  async #disk(account: string): Promise<number> {
    return (await this.#folders(account)) + (await this.#options.store.size(account));
  }

  #folders(account: string): Promise<number> {
    const known = this.#sizes.get(account);
    if (known !== undefined && performance.now() - known.at < sizeAge) return known.size;
    const size = diskUse(this.#options.folders(account));
    this.#sizes.set(account, { at: performance.now(), size });
    size.catch(() => this.#sizes.delete(account));
    return size;
  }
}

function checkDisk(account: string, { most, now }: AccountLimits['disk']): void {
  if (now < most) return;
  throw new PrefishError(
    'PREFISH_LIMIT',
    `${account} has ${describeSize(now)} on this server, which lets an account have ${describeSize(most)}.`,
    { hint: 'prefish tasks rm ID removes what is not needed any more.' },
  );
}
