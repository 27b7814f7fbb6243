import { PrefishError, formatBytes } from '@prefish/protocol';
import type { Outbox } from './outbox.ts';
import type { UploadProgress } from './push-snapshot.ts';

/** What this process is sending. */
export interface Uploads {
  /**
   * Runs a push for tasks that share it.
   *
   * @throws PREFISH_INTERRUPTED once each of them was canceled
   */
  run(
    ids: readonly string[],
    signal: AbortSignal,
    push: (signal: AbortSignal, onProgress: (progress: UploadProgress) => void) => Promise<void>,
  ): Promise<void>;
  /** How far the push for a task is; `undefined` where there is none. */
  progressOf(id: string): UploadProgress | undefined;
  /** Ends what is sent for a task, unless it is for others too. Returns whether there was something. */
  cancel(id: string): boolean;
  /** Whether it was canceled here. */
  isCanceled(id: string): boolean;
}

interface Upload {
  /** Of those that were not canceled. */
  readonly ids: Set<string>;
  readonly controller: AbortController;
  progress: UploadProgress;
}

/** No push yet. `note` tells other processes how far one is. */
export function trackUploads(note: Outbox['noteUpload'] = async () => {}): Uploads {
  const uploads = new Set<Upload>();
  const canceled = new Set<string>();
  const find = (id: string): Upload | undefined => [...uploads].find(({ ids }) => ids.has(id));
  return {
    async run(ids, signal, push) {
      const controller = new AbortController();
      const upload: Upload = { ids: new Set(ids), controller, progress: { percent: 0 } };
      uploads.add(upload);
      const noted = keepNoted(upload, ids, note);
      try {
        await push(AbortSignal.any([signal, controller.signal]), (progress) => {
          upload.progress = progress;
        });
      } finally {
        uploads.delete(upload);
        await noted.end();
      }
    },
    progressOf: (id) => find(id)?.progress,
    cancel(id) {
      const upload = find(id);
      if (upload === undefined) return false;
      canceled.add(id);
      upload.ids.delete(id);
      if (upload.ids.size === 0) upload.controller.abort(new CanceledBeforeSent());
      return true;
    },
    isCanceled: (id) => canceled.has(id),
  };
}

/** How often it is noted how far an upload is, in milliseconds. */
const noteEveryMs = 1000;

/** Notes again and again how far an upload is, for each of its tasks. What cannot be noted is only not shown elsewhere. */
function keepNoted(
  upload: Pick<Upload, 'progress'>,
  ids: readonly string[],
  note: Outbox['noteUpload'],
): { end(): Promise<void> } {
  let noted: Promise<unknown> | undefined;
  const noteAll = (progress: UploadProgress | undefined): void => {
    const before = noted ?? Promise.resolve();
    noted = before.then(() => Promise.allSettled(ids.map((id) => note(id, progress))));
  };
  const timer = setInterval(() => noteAll(upload.progress), noteEveryMs).unref();
  return {
    async end() {
      clearInterval(timer);
      if (noted !== undefined) noteAll(undefined);
      await noted;
    },
  };
}

/** A line that somebody canceled is not delivered. */
export class CanceledBeforeSent extends PrefishError {
  constructor() {
    super('PREFISH_INTERRUPTED', 'Canceled before it was sent');
  }
}

/** `uploading 40%, 1.2 MB` */
export function describeUpload({ percent, bytes }: UploadProgress): string {
  return `uploading ${percent}%${bytes === undefined ? '' : `, ${formatBytes(bytes)}`}`;
}
