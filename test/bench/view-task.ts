// Watches a task as many viewers, in a process of its own: [socket, task, viewers]. Says when all of them
// watch, and at the end how many milliseconds old each line was that says when it was printed.
import { createHttpTransport, ServerClient } from '@prefish/protocol/client';

const [socketPath, task, viewers] = process.argv.slice(2) as [string, string, string];
const delays: number[] = [];
let watching = 0;

async function view(): Promise<void> {
  const client = new ServerClient(createHttpTransport({ socketPath }));
  for await (const item of client.follow(task)) {
    if (item.kind === 'snapshot' && ++watching === Number(viewers)) process.send!('watching');
    if (item.kind === 'event' && item.event.type === 'output')
      delays.push(Date.now() - Number(item.event.text));
  }
}

await Promise.all(Array.from({ length: Number(viewers) }, view));
process.send!(delays);
process.disconnect();
