import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Accounts } from '../../packages/server/src/auth/accounts.ts';
import { createRepositories } from '../../packages/server/src/repositories/mirrors.ts';
import { accountsPath } from '../../packages/server/src/serve/accounts-path.ts';
import { eventFrames } from '../../packages/server/src/events/frames.ts';
import { openSqliteStore } from '../../packages/server/src/store/sqlite-store.ts';
import { request } from '../../packages/server/test/fixtures/request.ts';
import { commitInto } from '../../packages/server/test/fixtures/server.ts';
import { expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { sandboxHome } from '../support/sandbox-home.ts';
import { until } from '../support/until.ts';
import { view, type Expected, type Viewer } from './support/viewer.ts';

needs('bubblewrap');

const [events, eventLength, viewers] = [100_000, 1000, 100];
/** By how many bytes the server may grow while it shows eleven gigabytes: a few megabytes for each of the hundred. */
const growth = 400e6;
/** After so many events the slow one reads no more. */
const slowAfter = 3000;

/** What the task said before the server started: a transcript of 100 MB. */
async function fill(folder: string): Promise<{ readonly id: string; readonly expected: Expected }> {
  const mirrors = createRepositories({ folder }).of('ada');
  const { remote } = await mirrors.locate('repository1');
  const line = '!for i in $(seq 20); do echo "live $i"; sleep 0.1; done';
  const asked = request({ line, snapshot: commitInto(remote), elsewhere: true, options: { retries: 1 } });
  await mirrors.keepSnapshot(asked.repo, asked.id, asked.snapshot);
  const store = openSqliteStore({ path: join(folder, 'tasks.db') });
  await store.submit(asked, { owner: 'ada', place: 'here', sandbox: 'bwrap' });
  await store.claim('embedded', 60);
  await store.markStarted(asked.id, 1, 'bwrap');
  for (let written = 0; written < events; written += 1000) {
    const texts = Array.from({ length: 1000 }, (_, index) => textOf(written + index));
    await store.append(
      asked.id,
      1,
      texts.map((text) => ({ type: 'output', stream: 'stdout', text })),
    );
  }
  const pages: Uint8Array[] = [];
  const ends: number[] = [];
  for (let [last, length] = [0, 0]; ;) {
    const page = await store.events(asked.id, last, 1000);
    if (page.length === 0) break;
    for (const event of page) {
      const frame = eventFrames([event]);
      expect(event.seq).toBe((last += 1));
      if (event.type === 'output') expect(event.text).toBe(textOf(last - 3));
      pages.push(frame);
      ends.push((length += frame.length));
    }
  }
  await store.close();
  return { id: asked.id, expected: { bytes: Buffer.concat(pages), ends } };
}

function textOf(index: number): string {
  return `${index} `.padEnd(eventLength, 'abcdefghij');
}

/** Whether a server holds the connection that a client has from a port: proc(5), `/proc/net/tcp`. */
function isHeld(url: string, client: number): boolean {
  const port = (number: number): string => number.toString(16).toUpperCase().padStart(4, '0');
  const established = `:${port(Number(new URL(url).port))} [0-9A-F]+:${port(client)} 01 `;
  return new RegExp(established).test(readFileSync('/proc/net/tcp', 'utf8'));
}

test(
  `a transcript of ${events} events and ${(events * eventLength) / 1e6} MB, followed by ${viewers}, one of them slow`,
  { timeout: 300_000 },
  async () => {
    await using home = await sandboxHome();
    const folder = join(home.prefishHome, 'data', 'serve');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { id, expected } = await fill(folder);
    const accounts = new Accounts(accountsPath(folder));
    const { secret: token } = await accounts.login((await accounts.add('ada')).code, 'laptop');
    await accounts.close();

    const server = home.spawn(['serve', '--listen', '127.0.0.1:0', '--idle-timeout', '8']);
    let log = '';
    server.stderr.setEncoding('utf8').on('data', (part: string) => (log += part));
    const url = await until(() => {
      if (server.exitCode !== null) throw new Error(log);
      return /"url":"([^"]+)"/.exec(log)?.[1];
    }, 'the server to answer');
    const memory = (): number =>
      1024 * Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))![1]);

    const idle = memory();
    let peak = idle;
    const timer = setInterval(() => (peak = Math.max(peak, memory())), 50);
    using _sampling = { [Symbol.dispose]: () => clearInterval(timer) };
    const seen = { url, token, task: id, expected };
    let isSlow = true;
    const slow = view({
      ...seen,
      onPart: (viewer) => (isSlow && viewer.last >= slowAfter ? 'stop' : undefined),
    });
    const said: string[] = [];
    const first = view({
      ...seen,
      onEvent: (json) => {
        const event = JSON.parse(json) as { type: string; text?: string };
        if (event.type === 'output') said.push(event.text!);
      },
    });
    const fast: Viewer[] = [first];
    while (fast.length < viewers - 1) fast.push(view(seen));
    await Promise.all(fast.map(({ closed }) => closed));

    expect(fast.filter(({ wrong }) => wrong !== undefined).map(({ wrong }) => wrong)).toEqual([]);
    expect(fast.every(({ ended }) => ended)).toBe(true);
    const [last] = new Set(fast.map((viewer) => viewer.last));
    expect(fast.every((viewer) => viewer.last === last)).toBe(true);
    expect(last).toBeGreaterThan(events + 20);
    expect(said.join('')).toBe(Array.from({ length: 20 }, (_, index) => `live ${index + 1}\n`).join(''));

    // The slow one is dropped, and goes on behind what it has read.
    await until(() => !isHeld(url, slow.port), 'the slow one to be dropped', 30_000);
    isSlow = false;
    slow.goOn();
    await slow.closed;
    expect(slow).toMatchObject({ ended: false, wrong: undefined });
    expect(slow.last).toBeLessThan(events / 2);
    const back = view({ ...seen, after: slow.last });
    await back.closed;
    expect(back).toMatchObject({ ended: true, wrong: undefined, last });
    expect(peak - idle).toBeLessThan(growth);
  },
);
