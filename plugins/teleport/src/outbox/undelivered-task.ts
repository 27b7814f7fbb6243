import type { Task } from '@prefish/protocol';
import { remoteSource } from '../server.ts';
import type { OutboxEntry } from './outbox.ts';
import type { UploadProgress } from './push-snapshot.ts';
import { describeUpload } from './uploads.ts';

/** What is known of an entry besides itself. */
export interface EntryOutlook {
  /** How far its upload is, where there is one. */
  readonly upload?: UploadProgress | undefined;
  /** What it waits for that is no trouble of the way: {@link awaitedLogin}. */
  readonly awaited?: string | undefined;
}

/** An entry of the outbox as a task, for listings: the server does not know it yet. */
export function undeliveredTask(entry: OutboxEntry, { upload, awaited }: EntryOutlook = {}): Task {
  const { request, createdAt, problem, server } = entry;
  const { after = [], afterAny = [] } = request.options;
  const before = [...after, ...afterAny];
  return {
    id: request.id,
    number: 0,
    source: server === undefined ? 'server' : remoteSource,
    place: server === undefined ? 'this machine' : placeOf(server),
    title: request.title ?? request.line,
    line: request.line,
    state: problem === undefined ? 'submitted' : 'rejected',
    reason: problem?.message ?? (upload === undefined ? whyNot(entry, awaited) : describeUpload(upload)),
    attempt: 0,
    createdAt,
    base: request.base,
    // A server for a team runs nothing without one; of others it is not known yet.
    sandbox: server?.startsWith('http') === true ? 'bwrap' : 'none',
    network: request.options.network ?? 'full',
    root: request.root,
    ...(before.length === 0 ? {} : { after: before }),
    ...(request.group === undefined ? {} : { group: request.group }),
  };
}

/** Lists show what is before the colon. */
function whyNot({ trouble, noRoom }: OutboxEntry, awaited: string | undefined): string {
  if (awaited !== undefined) return `not-delivered, ${awaited}`;
  if (trouble === undefined) return 'not-delivered';
  return `not-delivered${noRoom === true ? ', no room' : ''}: ${trouble}`;
}

function placeOf(server: string): string {
  return URL.canParse(server) ? new URL(server).host : server;
}
