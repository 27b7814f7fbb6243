/** The program that {@link fakeAgent} names. */
import { once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { ndJsonStream } from '@agentclientprotocol/sdk';
import type { FakeAgentOptions } from './fake-agent.ts';
import { createFakeAgent } from './create-agent.ts';

const options = JSON.parse(process.env['PREFISH_FAKE_AGENT'] ?? '{}') as FakeAgentOptions;
if (options.silent) {
  // It goes when its input is closed, as those that are well do.
  await once(process.stdin.resume(), 'end');
} else {
  const stream = ndJsonStream(
    Writable.toWeb(process.stdout) as WritableStream<Uint8Array>,
    Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>,
  );
  await createFakeAgent(options).connect(stream).closed;
}
process.exit(0);
