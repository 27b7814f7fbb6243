import { join } from 'node:path';
import type { Event, Task } from '@prefish/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EventFeed } from '../../src/events/event-feed.ts';
import { eventStream } from '../../src/events/event-stream.ts';
import { openSqliteStore } from '../../src/store/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { request } from '../fixtures/request.ts';

type Item = { task: Task } | { event: Event; id: string | undefined } | 'end';

async function* parsed(frames: AsyncIterable<Uint8Array>): AsyncGenerator<Item> {
  for await (const chunk of frames) {
    for (const block of Buffer.from(chunk).toString().split('\n\n').slice(0, -1)) {
      const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/, 2) as [string, string]));
      const data = JSON.parse(fields.get('data')!) as unknown;
      if (fields.get('event') === 'end') yield 'end';
      else if (fields.get('event') === 'task') yield { task: data as Task };
      else yield { event: data as Event, id: fields.get('id') };
    }
  }
}

describe('EventFeed', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let store: Store;
  let feed: EventFeed;
  let id: string;
  const none = new AbortController().signal;
  const write = (...texts: string[]): Promise<number> =>
    store.append(
      id,
      1,
      texts.map((text) => ({ type: 'output', stream: 'stdout', text }) as const),
    );

  beforeEach(async () => {
    folder = temporaryFolder();
    store = openSqliteStore({ path: join(folder.path, 'tasks.db') });
    feed = new EventFeed(store);
    id = (await store.submit(request(), { owner: '', place: 'here', sandbox: 'none' })).task.id;
    await store.claim('worker', 60);
  });
  afterEach(async () => {
    feed.close();
    await store.close();
    folder[Symbol.dispose]();
  });

  test('begins with the task, misses nothing that is written meanwhile, and ends with it', async () => {
    const followers = Array.from({ length: 20 }, async () => {
      const items: Item[] = [];
      for await (const item of parsed(feed.follow(id, 0, none))) items.push(item);
      return items;
    });
    for (let count = 0; count < 200; count++) await write(`${count}`);
    await store.finish(id, 1, { state: 'completed', exit: { code: 0 } });
    for (const items of await Promise.all(followers)) {
      expect(items[0]).toMatchObject({ task: { state: 'working' } });
      const events = items.flatMap((item) => (item !== 'end' && 'event' in item ? [item] : []));
      expect(events.map(({ event }) => event.seq)).toEqual(
        Array.from({ length: 204 }, (_, index) => index + 1),
      );
      expect(events.every(({ event, id: sent }) => sent === String(event.seq))).toBe(true);
      expect(items.slice(-2)).toMatchObject([{ task: { state: 'completed' } }, 'end']);
    }
  });

  test('goes on after the event that a reader has seen last', async () => {
    await write('a', 'b', 'c');
    await store.finish(id, 1, { state: 'completed' });
    const seqs: number[] = [];
    for await (const item of parsed(feed.follow(id, 4, none))) {
      if (item !== 'end' && 'event' in item) seqs.push(item.event.seq);
    }
    expect(seqs).toEqual([5, 6]);
  });

  test('a task that is removed leaves nothing for another of the same id', async () => {
    const aborted = new AbortController();
    const watcher = feed.follow(
      (await store.submit(request(), { owner: '', place: 'here', sandbox: 'none' })).task.id,
      0,
      aborted.signal,
    );
    await watcher.next();
    await write(...Array.from({ length: 1000 }, () => 'of the first'));
    await store.finish(id, 1, { state: 'completed' });
    for await (const _frame of feed.follow(id, 0, none));
    await store.remove(id);
    await store.submit(request({ id }), { owner: 'another', place: 'here', sandbox: 'none' });
    await store.requestCancel(id);
    let seen = '';
    for await (const frame of feed.follow(id, 0, none)) seen += Buffer.from(frame).toString();
    expect(seen).not.toContain('of the first');
    aborted.abort();
    await watcher.return();
  });

  test('a reader that is far behind and fast leaves everybody else their turn', async () => {
    const pages = 12;
    for (let page = 0; page < pages; page += 1) await write(...Array.from({ length: 1000 }, String));
    await store.finish(id, 1, { state: 'completed' });
    let [turns, frames] = [0, 0];
    const next = (): void => {
      turns += 1;
      immediate = setImmediate(next);
    };
    let immediate = setImmediate(next);
    for await (const _frame of feed.follow(id, 0, none)) frames += 1;
    clearImmediate(immediate);
    expect(frames).toBeGreaterThan(pages);
    expect(turns).toBeGreaterThanOrEqual(pages);
  });

  test('readers that follow one another share what was read', async () => {
    for (let page = 0; page < 6; page += 1) await write(...Array.from({ length: 1000 }, String));
    const read = async (after: number): Promise<Uint8Array[]> => {
      const frames: Uint8Array[] = [];
      const enough = new AbortController();
      for await (const frame of feed.follow(id, after, enough.signal)) {
        frames.push(frame);
        if (frames.length > 5) enough.abort();
      }
      return frames;
    };
    const held = feed.follow(id, 0, none);
    await held.next();
    const first = await read(0);
    await write('more');
    const second = await read(0);
    // Full pages are the same bytes, whatever was written behind them meanwhile.
    expect(second.slice(1, 6).every((frame, index) => frame === first[index + 1])).toBe(true);
    await held.return();
  });

  test('a reader that stops reading costs no memory, holds nobody up, and finds everything later', async () => {
    const slow = parsed(feed.follow(id, 0, none));
    await slow.next();
    const before = process.memoryUsage().rss;
    const text = 'x'.repeat(64 * 1024);
    for (let count = 0; count < 400; count++) await write(text, text, text, text);
    await store.finish(id, 1, { state: 'completed' });
    expect(process.memoryUsage().rss - before).toBeLessThan(96 * 2 ** 20);
    let last = 0;
    for await (const item of slow) {
      if (item !== 'end' && 'event' in item) expect(item.event.seq).toBe(++last);
    }
    expect(last).toBe(2 + 1600 + 1);
  });

  test('ends early when it is aborted', async () => {
    const abort = new AbortController();
    const items = parsed(feed.follow(id, 0, abort.signal));
    for (let count = 0; count < 3; count++) await items.next();
    const waiting = items.next();
    abort.abort();
    expect((await waiting).done).toBe(true);
  });

  test('an idle stream shows that it lives, and a reader that goes away ends it', async () => {
    const abort = new AbortController();
    const frames = feed.follow(id, 2, abort.signal);
    const stream = eventStream(frames, { keepAlive: 10, cancel: () => abort.abort() });
    const reader = stream.getReader();
    const decoder = new TextDecoder();
    expect(decoder.decode((await reader.read()).value)).toContain('event: task');
    expect(decoder.decode((await reader.read()).value)).toBe(': keep-alive\n\n');
    await write('news');
    let text = '';
    while (!text.includes('news')) text += decoder.decode((await reader.read()).value);
    await reader.cancel();
    expect(abort.signal.aborted).toBe(true);
    expect((await frames.next()).done).toBe(true);
  });
});
