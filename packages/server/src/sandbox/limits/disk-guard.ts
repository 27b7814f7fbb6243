import { statfs } from 'node:fs/promises';
import { namelessBytes, written } from './written-bytes.ts';

/** What an attempt may add to the disk. */
export interface WatchedFolder {
  readonly folder: string;
  /** Bytes, and files. */
  readonly limit: { readonly disk: number; readonly files: number };
  /** The processes of the attempt, as far as they are known: they may hold files that have no name any more. */
  readonly processes: () => readonly number[];
  /** Where these see the workspace. */
  readonly root: string;
  /** Called once, when it has added more, or when it adds most on a disk that is nearly full. */
  readonly exceeded: (why: 'disk' | 'files' | 'reserve') => void;
}

interface Watched extends WatchedFolder {
  /** When it began, as `performance.now()` tells it, and by the clock that dates files. */
  readonly begun: number;
  since: number;
  /** What it had written when it was last looked at, and what the disk had free then. */
  written: number;
  free: number;
  files: number;
  freeFiles: number;
  lookedAt: number;
  /** How long that look took. */
  took: number;
}

/** How often free space is asked for, in milliseconds; the folders themselves are looked at when it falls. */
const interval = 500;
/** A folder is looked at once in this time even where free space does not fall: somebody else may free some. */
const longest = 60_000;
/** Kept free for the server's own database: this many bytes, or a part of a small disk. */
const reserve = { bytes: 512 * 2 ** 20, part: 0.02 } as const;
/** Who has written less than this is not to blame for a full disk. */
const innocent = 64 * 2 ** 20;
/** How long the files of a task that was ended may take to go, in milliseconds. */
const removal = 10_000;

/**
 * Watches what attempts write to the disk. Without quotas, which few file systems have switched on, this
 * takes looking: at the free space, which costs nothing, and only when that falls at the folders.
 */
export class DiskGuard {
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  #blamedAt = -Infinity;

  /** Watches a folder until what is returned is called. */
  watch(folder: WatchedFolder): () => void {
    const nothing = { written: 0, free: Infinity, files: 0, freeFiles: Infinity };
    const begun = performance.now();
    const watched: Watched = { ...folder, ...nothing, begun, since: Date.now(), lookedAt: begun, took: 0 };
    this.#watched.add(watched);
    void freeSpace(folder.folder).then((disk) => {
      watched.free = disk?.free ?? Infinity;
      watched.freeFiles = disk?.freeFiles ?? Infinity;
    });
    this.#timer ??= setInterval(() => void this.#look(), interval);
    return () => {
      this.#watched.delete(watched);
      if (this.#watched.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      let short = false;
      for (const watched of this.#watched) short = (await this.#lookAt(watched)) || short;
      if (short) this.#blame();
    } finally {
      this.#looking = false;
    }
  }

  /** @returns whether its disk is nearly full */
  async #lookAt(watched: Watched): Promise<boolean> {
    const disk = await freeSpace(watched.folder);
    if (disk === undefined) return false;
    const { free, all, freeFiles } = disk;
    const { limit } = watched;
    const short = free < Math.min(reserve.bytes, all * reserve.part);
    const now = performance.now();
    const age = now - watched.lookedAt;
    // By a clock that was set back, what is written now was written before it began.
    watched.since = Math.min(watched.since, Date.now() - (now - watched.begun));
    const isDue =
      short ||
      watched.written + fallen(watched.free, free) > limit.disk ||
      watched.files + fallen(watched.freeFiles, freeFiles) > limit.files ||
      age > longest;
    if (isDue && age > 10 * watched.took) {
      const named = await written(watched.folder, watched.since).catch(() => undefined);
      const nameless = await namelessBytes(watched.folder, watched.processes(), watched.root);
      watched.written = (named?.bytes ?? 0) + nameless;
      watched.files = named?.files ?? 0;
      Object.assign(watched, { free, freeFiles, lookedAt: performance.now(), took: performance.now() - now });
    }
    if (watched.written > limit.disk) this.#end(watched, 'disk');
    else if (watched.files > limit.files) this.#end(watched, 'files');
    return short;
  }

  /** Ends who has written most. The others go on: with it, its files go, which takes a moment. */
  #blame(): void {
    if (performance.now() - this.#blamedAt < removal) return;
    const [most] = [...this.#watched].sort((one, other) => other.written - one.written);
    if (most === undefined || most.written < innocent) return;
    this.#blamedAt = performance.now();
    this.#end(most, 'reserve');
  }

  #end(watched: Watched, why: 'disk' | 'files' | 'reserve'): void {
    if (this.#watched.delete(watched)) watched.exceeded(why);
  }
}

function fallen(before: number, now: number): number {
  return before === Infinity ? 0 : Math.max(0, before - now);
}

/** Bytes, and files that may still be made: some file systems have no number of them. */
async function freeSpace(
  folder: string,
): Promise<{ readonly free: number; readonly all: number; readonly freeFiles: number } | undefined> {
  const disk = await statfs(folder).catch(() => undefined);
  return (
    disk && {
      free: disk.bavail * disk.bsize,
      all: disk.blocks * disk.bsize,
      freeFiles: disk.files === 0 ? Infinity : disk.ffree,
    }
  );
}
