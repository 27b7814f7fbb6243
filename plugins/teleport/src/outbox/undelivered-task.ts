import type { Task } from '@prefish/protocol';
import { remoteSource } from '../server.ts';
import type { OutboxEntry } from './outbox.ts';
import type { UploadProgress } from './push-snapshot.ts';
import { describeUpload } from './uploads.ts';

/**
 * An entry of the outbox as a task, for listings: the server does not know it yet.
 *
 * @param upload How far its upload is, where there is one
 */
export function undeliveredTask(entry: OutboxEntry, upload?: UploadProgress): Task {
  const { request, createdAt, problem, server } = entry;
  const { after = [], afterAny = [] } = request.options;
  const awaited = [...after, ...afterAny];
  return {
    id: request.id,
    number: 0,
    source: server === undefined ? 'server' : remoteSource,
    place: server === undefined ? 'this machine' : placeOf(server),
    title: request.title ?? request.line,
    line: request.line,
    state: problem === undefined ? 'submitted' : 'rejected',
    reason: problem?.message ?? (upload === undefined ? whyNot(entry) : describeUpload(upload)),
    attempt: 0,
    createdAt,
    base: request.base,
    sandbox: 'none',
    network: request.options.network ?? 'full',
    root: request.root,
    ...(awaited.length === 0 ? {} : { after: awaited }),
    ...(request.group === undefined ? {} : { group: request.group }),
  };
}

/** Lists show what is before the colon. */
function whyNot({ trouble, noRoom }: OutboxEntry): string {
  if (trouble === undefined) return 'not-delivered';
  return `not-delivered${noRoom === true ? ', no room' : ''}: ${trouble}`;
}

function placeOf(server: string): string {
  return URL.canParse(server) ? new URL(server).host : server;
}
