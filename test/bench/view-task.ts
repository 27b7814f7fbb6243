// Watches a task as many viewers, in a process of its own: [socket, task, viewers, lines]. Says when all of them
// watch; then, whenever each has seen so many lines more, how many milliseconds old each line was, which says when
// it was printed.
import { createHttpTransport, ServerClient } from '@prefish/protocol/client';

const [socketPath, task, ...counts] = process.argv.slice(2) as [string, string, string, string];
const [viewers, lines] = counts.map(Number) as [number, number];
let delays: number[] = [];
let watching = 0;

async function view(): Promise<void> {
  const client = new ServerClient(createHttpTransport({ socketPath }));
  for await (const item of client.follow(task)) {
    if (item.kind === 'snapshot' && ++watching === viewers) process.send!('watching');
    if (item.kind !== 'event' || item.event.type !== 'output') continue;
    if (delays.push(Date.now() - Number(item.event.text)) < viewers * lines) continue;
    process.send!(delays);
    delays = [];
  }
}

await Promise.all(Array.from({ length: viewers }, view));
process.disconnect();
