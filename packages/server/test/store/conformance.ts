import { isPrefishError, type Event, type EventBody } from '@prefish/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store, StoreChange } from '../../src/store/store.ts';
import { request } from '../fixtures/request.ts';

const defaults = { owner: '', place: 'this machine', sandbox: 'bwrap' } as const;
const output = (text: string): EventBody => ({ type: 'output', stream: 'stdout', text });
const code = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'resolved',
    (error) => (isPrefishError(error) ? error.code : String(error)),
  );
const types = (events: readonly Event[]): string[] =>
  events.map((event) => (event.type === 'state' ? event.state : event.type));

/** What every {@link Store} does, whatever it is made of. `open` gives an empty one; `crowd` tasks of one owner are many. */
export function describeStore(
  name: string,
  open: (options: { transcriptLimit?: number }) => Store | Promise<Store>,
  crowd = 1000,
): void {
  describe(name, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open({});
    });
    afterEach(() => store.close());

    const submit = async (changes: Parameters<typeof request>[0] = {}) =>
      (await store.submit(request(changes), defaults)).task;
    const working = async (changes: Parameters<typeof request>[0] = {}) => {
      const { id } = await submit(changes);
      const claim = await store.claim('worker', 10);
      expect(claim?.task.id).toBe(id);
      return claim!;
    };

    describe('submit', () => {
      test('keeps the request and numbers tasks from 1', async () => {
        const asked = request({ line: '!echo hi\n', title: 'greeting', options: { timeout: 5 } });
        const { task, created } = await store.submit(asked, defaults);
        expect(created).toBe(true);
        expect(task).toMatchObject({
          id: asked.id,
          number: 1,
          state: 'submitted',
          attempt: 0,
          line: '!echo hi\n',
          title: 'greeting',
          place: 'this machine',
          source: 'server',
        });
        expect((await store.get(asked.id)).request).toEqual(asked);
        expect((await submit()).number).toBe(2);
      });

      test('refuses a request that is too long to be read again and again', async () => {
        const env = (length: number): Record<string, string> => ({ LONG: 'x'.repeat(length) });
        expect(await code(submit({ env: env(2 ** 20) }))).toBe('PREFISH_REQUEST_TOO_LARGE');
        await submit({ env: env(2 ** 20 - 4096) });
      });

      test('lists long requests on more pages', async () => {
        const long = { env: { LONG: 'x'.repeat(2 ** 20 - 4096) } };
        for (let count = 0; count < 20; count++) await submit(long);
        const first = await store.list({ owner: '', limit: 1000 });
        expect(first.tasks).toHaveLength(16);
        const second = await store.list({ owner: '', limit: 1000, cursor: first.next! });
        expect(second.tasks.map(({ number }) => number)).toEqual([4, 3, 2, 1]);
        expect(second.next).toBeUndefined();
      });

      test('keeps what came along apart from the request, for the claim and for a retry', async () => {
        const asked = request();
        const enclosed = { settings: { agent: 'fake' }, files: { 'conversation.md': 'said' } };
        await store.submit(asked, defaults, enclosed);
        const { id } = await submit();
        expect(await store.enclosure(asked.id)).toEqual(enclosed);
        expect(await store.enclosure(id)).toBeUndefined();
        expect((await store.get(asked.id)).request).toEqual(asked);
        expect((await store.claim('worker', 10))?.enclosed).toEqual(enclosed);
        expect(await store.claim('worker', 10)).not.toHaveProperty('enclosed');
        await store.finish(asked.id, 1, { state: 'completed' });
        await store.remove(asked.id);
        expect(await store.enclosure(asked.id)).toBeUndefined();
      });

      test('takes the same id twice as one task', async () => {
        const asked = request();
        const results = await Promise.all([1, 2, 3].map(() => store.submit(asked, defaults)));
        expect(results.filter(({ created }) => created)).toHaveLength(1);
        expect(new Set(results.map(({ task }) => task.number))).toEqual(new Set([1]));
        expect(types(await store.events(asked.id, 0, 10))).toEqual(['submitted']);
      });

      test('never gives a number twice, also after a removal', async () => {
        const { id } = await submit();
        await store.requestCancel(id);
        await store.remove(id);
        expect((await submit()).number).toBe(2);
      });
    });

    describe('find', () => {
      test('goes by id, number, beginning of an id and @last', async () => {
        const first = await submit({ id: 'taaaaaaaaaaaaaab' });
        const second = await submit({ id: 'taaaaaaaaaaaaaac' });
        expect((await store.find('', first.id)).task.id).toBe(first.id);
        expect((await store.find('', '2')).task.id).toBe(second.id);
        expect((await store.find('', '@last')).task.id).toBe(second.id);
        await submit({ id: 'tbbbbbbbbbbbbbbb' });
        expect((await store.find('', 'tb')).task.number).toBe(3);
        expect(await code(store.find('', 'ta'))).toBe('PREFISH_TASK_AMBIGUOUS');
        for (const missing of ['tc', '4', '', '%', "t' or 1", '@first']) {
          expect(await code(store.find('', missing))).toBe('PREFISH_TASK_NOT_FOUND');
        }
      });
    });

    describe('list', () => {
      test('pages from the newest, by state and by repository', async () => {
        for (const repo of ['one11111', 'two22222', 'one11111']) await submit({ repo });
        await store.claim('worker', 10);
        const page = await store.list({ owner: '', limit: 2 });
        expect(page.tasks.map(({ number }) => number)).toEqual([3, 2]);
        const rest = await store.list({ owner: '', limit: 2, cursor: page.next! });
        expect(rest.tasks.map(({ number }) => number)).toEqual([1]);
        expect(rest.next).toBeUndefined();
        expect((await store.list({ owner: '', limit: 9, state: ['working'] })).tasks).toMatchObject([
          { number: 1 },
        ]);
        expect((await store.list({ owner: '', limit: 9, repo: 'two22222' })).tasks).toMatchObject([
          { number: 2 },
        ]);
        expect(await store.counts()).toEqual({ submitted: 2, working: 1 });
        await store.requestCancel(page.tasks[0]!.id);
        const counted = await store.list({ owner: '', limit: 1, counts: true });
        expect(counted.counts).toEqual({ total: 3, active: 2 });
        expect(
          (await store.list({ owner: '', limit: 1, counts: true, repo: 'two22222' })).counts,
        ).toMatchObject({
          total: 1,
        });
        expect(page.counts).toBeUndefined();
        expect(await code(store.list({ owner: '', limit: 1, cursor: 'x' }))).toBe('PREFISH_REQUEST_INVALID');
      });
    });

    describe('owners', () => {
      const submitFor = async (owner: string, changes: Parameters<typeof request>[0] = {}) =>
        (await store.submit(request(changes), { ...defaults, owner })).task;

      test('count for themselves, and see nothing of each other', async () => {
        const mine = await submitFor('ada');
        const others = [await submitFor('bob'), await submitFor('bob', { repo: 'two22222' })];
        expect([mine, ...others].map(({ number }) => number)).toEqual([1, 1, 2]);
        expect((await store.find('ada', '1')).task.id).toBe(mine.id);
        expect((await store.find('bob', '@last')).task.id).toBe(others[1]!.id);
        for (const reference of [others[0]!.id, others[0]!.id.slice(0, -1), '2']) {
          expect(await code(store.find('ada', reference))).toBe('PREFISH_TASK_NOT_FOUND');
        }
        expect(await code(store.find('', '@last'))).toBe('PREFISH_TASK_NOT_FOUND');
        expect(await store.get(mine.id)).toMatchObject({ owner: 'ada', task: { number: 1 } });
        const { tasks, counts } = await store.list({ owner: 'bob', limit: 9, counts: true });
        expect(tasks.map(({ id }) => id)).toEqual([others[1]!.id, others[0]!.id]);
        expect(counts).toEqual({ total: 2, active: 2 });
        expect((await store.list({ owner: 'ada', limit: 9, repo: 'two22222' })).tasks).toEqual([]);
        expect(await store.counts('ada')).toEqual({ submitted: 1, working: 0 });
        expect(await store.counts()).toEqual({ submitted: 3, working: 0 });
        expect(await store.states()).toEqual({ submitted: 3 });
      });

      test('page through their own', async () => {
        for (const owner of ['ada', 'bob', 'ada', 'bob', 'ada']) await submitFor(owner);
        const page = await store.list({ owner: 'ada', limit: 2 });
        const rest = await store.list({ owner: 'ada', limit: 2, cursor: page.next! });
        expect([...page.tasks, ...rest.tasks].map(({ number }) => number)).toEqual([3, 2, 1]);
        expect(rest.next).toBeUndefined();
      });

      test('neither take nor wait for a task of somebody else', async () => {
        const { id } = await submitFor('ada');
        expect(await code(submitFor('bob', { id }))).toBe('PREFISH_REQUEST_INVALID');
        expect(await code(submitFor('bob', { options: { after: [id] } }))).toBe('PREFISH_TASK_NOT_FOUND');
        expect((await store.list({ owner: 'bob', limit: 9 })).tasks).toEqual([]);
        expect((await submitFor('ada', { options: { after: [id] } })).after).toEqual([id]);
      });

      test('are told with each change', async () => {
        const seen: string[] = [];
        store.onChange(({ owner, task }) => seen.push(`${owner} ${task?.state ?? 'else'}`));
        const { id } = await submitFor('ada');
        await store.claim('worker', 10);
        await store.append(id, 1, [output('x')]);
        expect(await store.size('ada')).toBeGreaterThan(0);
        expect(await store.size('bob')).toBe(0);
        await store.requestCancel(id);
        await store.finish(id, 1, { state: 'canceled' });
        await store.remove(id);
        expect(seen).toEqual([
          'ada submitted',
          'ada working',
          'ada else',
          'ada else',
          'ada canceled',
          'ada else',
        ]);
      });
    });

    describe('between owners', () => {
      const many = (owner: string, count: number, most?: number) =>
        Promise.allSettled(
          Array.from({ length: count }, () =>
            store.submit(request(), { ...defaults, owner, ...(most !== undefined && { most }) }),
          ),
        );
      const next = async (most?: number): Promise<string | undefined> => {
        const claim = await store.claim('worker', 10, most);
        return claim && `${claim.owner} ${claim.task.number}`;
      };

      test(`one with ${crowd} tasks holds up no other`, async () => {
        await many('ada', crowd);
        expect([await next(), await next()]).toEqual(['ada 1', 'ada 2']);
        await many('bob', 2);
        await many('eve', 1);
        expect([await next(), await next(), await next()]).toEqual(['bob 1', 'eve 1', 'bob 2']);
        expect([await next(), await next()]).toEqual(['ada 3', 'ada 4']);
      });

      test('turns go round where only one task runs at a time', async () => {
        await many('ada', 5);
        await many('bob', 2);
        const taken: string[] = [];
        for (let round = 0; round < 5; round += 1) {
          const { owner, task } = (await store.claim('worker', 10))!;
          taken.push(`${owner} ${task.number}`);
          await store.finish(task.id, 1, { state: 'completed' });
        }
        expect(taken).toEqual(['ada 1', 'bob 1', 'ada 2', 'bob 2', 'ada 3']);
      });

      test('a task that waits for another one holds up none of its owner, nor of others', async () => {
        const { task: first } = await store.submit(request(), { ...defaults, owner: 'ada' });
        await store.claim('worker', 10);
        await store.submit(request({ options: { after: [first.id] } }), { ...defaults, owner: 'ada' });
        await many('ada', 1);
        await store.submit(request({ options: {} }), { ...defaults, owner: 'bob' });
        expect([await next(), await next(), await next()]).toEqual(['bob 1', 'ada 3', undefined]);
      });

      test('none has more that run than it may, however many workers ask', async () => {
        await many('ada', 6);
        await many('bob', 1);
        const taken = await Promise.all(Array.from({ length: 8 }, () => next(2)));
        expect(taken.filter((task) => task !== undefined).toSorted()).toEqual(['ada 1', 'ada 2', 'bob 1']);
        const [first] = (await store.list({ owner: 'ada', limit: 9, state: ['working'] })).tasks;
        await store.setWaiting(first!.id, 1, true);
        expect(await next(2)).toBeUndefined();
        await store.finish(first!.id, 1, { state: 'completed' });
        expect(await next(2)).toBe('ada 3');
      });

      test('none has more unfinished tasks than it may, however many come at once', async () => {
        const results = await Promise.all([many('ada', 50, 7), many('bob', 3, 7)]);
        expect(results[0].filter(({ status }) => status === 'fulfilled')).toHaveLength(7);
        expect(results[1].filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
        const [refused] = results[0].filter(({ status }) => status === 'rejected');
        expect(refused).toMatchObject({
          reason: { code: 'PREFISH_LIMIT', message: expect.stringContaining('7 tasks') },
        });
        expect(await store.counts('ada')).toEqual({ submitted: 7, working: 0 });
        const { task } = await store.find('ada', '@last');
        expect(task.number).toBe(7);
        await store.requestCancel(task.id);
        const again = await many('ada', 2, 7);
        expect(again.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      });

      test('each is known by what it brought and what its tasks said', async () => {
        const asked = request({ line: `!echo ${'x'.repeat(5000)}`, options: {} });
        await store.submit(asked, { ...defaults, owner: 'ada' }, { files: { notes: 'y'.repeat(3000) } });
        expect(await store.size('ada')).toBeGreaterThan(8000);
        await store.message(asked.id, undefined, 'z'.repeat(2000));
        expect(await store.size('ada')).toBeGreaterThan(10_000);
        expect(await store.size('ada')).toBeLessThan(12_000);
        expect(await store.size('bob')).toBe(0);
        await many('bob', 1);
        const { task } = await store.find('bob', '1');
        expect(await store.ownedBy('bob', [asked.id, task.id, 'tnone'])).toEqual([task.id]);
        expect(await store.ownedBy('bob', [])).toEqual([]);
      });
    });

    describe('claim', () => {
      test('takes the oldest, once, however many ask', async () => {
        const submitted = [await submit(), await submit()];
        const claims = await Promise.all([1, 2, 3].map((worker) => store.claim(String(worker), 10)));
        expect(claims.map((claim) => claim?.task.id)).toEqual([...submitted.map(({ id }) => id), undefined]);
        expect(claims[0]).toMatchObject({ attempt: 1, started: false, task: { state: 'working' } });
      });

      test('waits until every awaited task has completed', async () => {
        const first = await submit();
        const second = await submit({ options: { after: [first.id, first.id] } });
        const claim = await store.claim('worker', 10);
        expect(claim?.task.id).toBe(first.id);
        expect(await store.claim('worker', 10)).toBeUndefined();
        await store.finish(first.id, 1, { state: 'completed', exit: { code: 0 } });
        expect((await store.claim('worker', 10))?.task.id).toBe(second.id);
      });

      test('a task whose awaited task did not complete fails, and so does what awaits it', async () => {
        const first = await submit();
        const second = await submit({ options: { after: [first.id] } });
        const third = await submit({ options: { after: [second.id] } });
        await store.requestCancel(first.id);
        for (const { id } of [second, third]) {
          expect((await store.get(id)).task).toMatchObject({ state: 'failed', reason: 'dependency-failed' });
        }
        const late = await submit({ options: { after: [first.id] } });
        expect((await store.get(late.id)).task).toMatchObject({
          state: 'failed',
          reason: 'dependency-failed',
        });
        expect(await code(submit({ options: { after: ['tzzzzzzzzzzzzzzz'] } }))).toBe(
          'PREFISH_TASK_NOT_FOUND',
        );
      });
    });

    describe('any end', () => {
      test('of an awaited task will do where that was asked for', async () => {
        const first = await submit();
        const any = await submit({ options: { afterAny: [first.id] } });
        const both = await submit({ options: { after: [first.id], afterAny: [first.id] } });
        await store.claim('worker', 10);
        expect(await store.claim('worker', 10)).toBeUndefined();
        await store.finish(first.id, 1, { state: 'failed', exit: { code: 1 } });
        expect((await store.claim('worker', 10))?.task).toMatchObject({ id: any.id, after: [first.id] });
        expect((await store.get(both.id)).task.reason).toBe('dependency-failed');
        const late = await submit({ options: { afterAny: [first.id] } });
        expect((await store.claim('worker', 10))?.task.id).toBe(late.id);
      });
    });

    describe('messages', () => {
      test('are told to every attempt that comes, those of a lost one too', async () => {
        const { id } = await submit({ options: { retries: 1 } });
        await store.message(id, undefined, 'while it waits');
        const first = await store.claim('worker', 10);
        expect(first?.messages).toEqual(['while it waits']);
        expect(await code(store.message(id, undefined, 'to nobody'))).toBe('PREFISH_TASK_STATE');
        await store.markStarted(id, 1, 'none');
        await store.message(id, 1, 'to the first');
        await store.reclaim([{ id, attempt: 1 }]);
        expect(await code(store.message(id, 1, 'too late'))).toBe('PREFISH_STALE_ATTEMPT');
        expect((await store.claim('worker', 10))?.messages).toEqual(['while it waits', 'to the first']);
        const said = (await store.events(id, 0, 100)).flatMap((event) =>
          event.type === 'message' ? [event.text] : [],
        );
        expect(said).toEqual(['while it waits', 'to the first']);
      });

      test('are so many of a task, and together so long', async () => {
        const { id } = await submit();
        const other = await submit();
        const long = 'x'.repeat(2 ** 20);
        for (let count = 0; count < 8; count++) await store.message(id, undefined, long);
        expect(await code(store.message(id, undefined, 'one more'))).toBe('PREFISH_LIMIT');
        await store.message(other.id, undefined, long);
        await store.claim('worker', 10);
        expect(await code(store.message(id, 1, 'one more'))).toBe('PREFISH_LIMIT');
      });
    });

    describe('retention', () => {
      test('ended tasks are found, the first to end first; their room can be given back', async () => {
        const [one, two, three] = [await submit(), await submit(), await submit()];
        await store.requestCancel(two.id);
        await store.requestCancel(one.id);
        expect((await store.ended({ limit: 9 })).map(({ id }) => id)).toEqual([two.id, one.id]);
        expect(await store.ended({ limit: 9, before: '2000-01-01T00:00:00.000Z' })).toEqual([]);
        await store.remove(two.id);
        await store.compact();
        expect((await store.ended({ limit: 9 })).map(({ id }) => id)).toEqual([one.id]);
        expect((await store.claim('worker', 10))?.task.id).toBe(three.id);
      });
    });

    describe('events', () => {
      test('are numbered from 1 without gaps, across attempts and concurrent writers', async () => {
        const { task } = await working();
        await Promise.all(
          Array.from({ length: 20 }, (_, index) =>
            store.append(task.id, 1, [output(`${index}a`), output(`${index}b`)]),
          ),
        );
        await store.reclaim([{ id: task.id, attempt: 1 }]);
        await store.claim('worker', 10);
        await store.append(task.id, 2, [output('again')]);
        const events = await store.events(task.id, 0, 1000);
        expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
        const texts = events.flatMap((event) => (event.type === 'output' ? [event.text] : []));
        expect(texts).toEqual([
          ...Array.from({ length: 20 }, (_, index) => [`${index}a`, `${index}b`]).flat(),
          'again',
        ]);
        expect(events.every(({ task: of, at }) => of === task.id && !Number.isNaN(Date.parse(at)))).toBe(
          true,
        );
      });

      test('are read in pages, by number and by size', async () => {
        const { task } = await working();
        await store.append(
          task.id,
          1,
          Array.from({ length: 250 }, (_, index) => output(String(index))),
        );
        const page = await store.events(task.id, 100, 50);
        expect([page[0]?.seq, page.at(-1)?.seq]).toEqual([101, 150]);
        expect(await store.events(task.id, 252, 50)).toEqual([]);
        await store.append(task.id, 1, [output('x'.repeat(1000)), output('y'.repeat(1000))]);
        expect(await store.events(task.id, 252, 50, 500)).toHaveLength(1);
      });

      test('are counted as the bytes that they take', async () => {
        const { task } = await working();
        const before = await store.size('');
        await store.append(task.id, 1, [output('漢'.repeat(1000))]);
        await store.message(task.id, 1, '漢'.repeat(1000));
        expect((await store.size('')) - before).toBeGreaterThan(6000);
        await store.submit(request({ line: `!: ${'漢'.repeat(1000)}` }), defaults, {
          files: { a: '漢'.repeat(1000) },
        });
        expect((await store.size('')) - before).toBeGreaterThan(12_000);
      });

      test('past the limit of a transcript are dropped after one warning; the task goes on', async () => {
        const small = await open({ transcriptLimit: 10_000 });
        try {
          const { task } = await small.submit(request(), defaults);
          await small.claim('worker', 10);
          for (let index = 0; index < 20; index++)
            await small.append(task.id, 1, [output('x'.repeat(900)), output('z')]);
          await small.finish(task.id, 1, { state: 'completed', exit: { code: 0 } });
          const events = await small.events(task.id, 0, 1000);
          expect(types(events).slice(-4)).toEqual(['output', 'warning', 'exit', 'completed']);
          expect(types(events).filter((type) => type === 'warning')).toHaveLength(1);
          expect(JSON.stringify(events).length).toBeLessThan(15_000);
        } finally {
          await small.close();
        }
      });
    });

    describe('fencing', () => {
      test('every write of an attempt that was reclaimed is refused', async () => {
        const { task } = await working({ options: { retries: 5 } });
        await store.markStarted(task.id, 1, 'none');
        await store.reclaim([{ id: task.id, attempt: 1 }]);
        const second = await store.claim('worker', 10);
        expect(second).toMatchObject({ attempt: 2, started: false });
        const before = await store.events(task.id, 0, 1000);
        const stale = [
          store.append(task.id, 1, [output('late')]),
          store.finish(task.id, 1, { state: 'completed' }),
          store.markStarted(task.id, 1, 'none'),
          store.setWaiting(task.id, 1, true),
          store.recordProcess({ id: task.id, attempt: 1, pid: 1, startTime: '1' }),
        ];
        for (const write of stale) expect(await code(write)).toBe('PREFISH_STALE_ATTEMPT');
        expect(await store.beat(task.id, 1, 10)).toBe('lost');
        expect(await store.beat(task.id, 2, 10)).toBe('held');
        expect(await store.events(task.id, 0, 1000)).toEqual(before);
        expect(await store.reclaim([{ id: task.id, attempt: 1 }])).toEqual([]);
      });

      test('a refused write in the same turn takes nothing else with it', async () => {
        const { task } = await working();
        const results = await Promise.all([
          code(store.append(task.id, 1, [output('one')])),
          code(store.append(task.id, 7, [output('stale')])),
          code(store.append(task.id, 1, [output('two')])),
        ]);
        expect(results).toEqual(['resolved', 'PREFISH_STALE_ATTEMPT', 'resolved']);
        expect(types(await store.events(task.id, 0, 10))).toEqual([
          'submitted',
          'working',
          'output',
          'output',
        ]);
      });
    });

    describe('ends', () => {
      test('finish writes events and row at once, and nothing may follow', async () => {
        const { task } = await working();
        const result = {
          commit: 'c'.repeat(40),
          branch: `prefish/${task.id}`,
          files: 1,
          insertions: 2,
          deletions: 0,
        };
        const final = await store.finish(task.id, 1, {
          state: 'failed',
          exit: { signal: 'SIGKILL' },
          result,
        });
        expect(final).toMatchObject({ state: 'failed', exit: { signal: 'SIGKILL' }, result });
        expect(final.endedAt).toBeDefined();
        expect(types(await store.events(task.id, 0, 10)).slice(-3)).toEqual(['result', 'exit', 'failed']);
        expect(await code(store.append(task.id, 1, [output('late')]))).toBe('PREFISH_STALE_ATTEMPT');
        expect(await code(store.finish(task.id, 1, { state: 'completed' }))).toBe('PREFISH_STALE_ATTEMPT');
        expect(await store.requestCancel(task.id)).toEqual(final);
        expect(await store.reclaim([{ id: task.id, attempt: 1 }])).toEqual([]);
      });

      test('cancel ends a submitted task at once and asks the worker of a working one', async () => {
        const waiting = await submit();
        expect(await store.requestCancel(waiting.id)).toMatchObject({
          state: 'canceled',
          reason: 'canceled',
        });
        const { task } = await working();
        const changes: StoreChange[] = [];
        store.onChange((change) => changes.push(change));
        expect((await store.requestCancel(task.id)).state).toBe('working');
        expect(changes).toMatchObject([{ id: task.id, cancelRequested: true }]);
        expect(await store.beat(task.id, 1, 10)).toBe('cancel');
        expect(await code(store.requestCancel('tzzzzzzzzzzzzzzz'))).toBe('PREFISH_TASK_NOT_FOUND');
      });

      test('input-required and back', async () => {
        const { task } = await working();
        await store.setWaiting(task.id, 1, true);
        await store.setWaiting(task.id, 1, true);
        expect((await store.get(task.id)).task.state).toBe('input-required');
        expect(await store.counts()).toEqual({ submitted: 0, working: 1 });
        await store.setWaiting(task.id, 1, false);
        expect(types(await store.events(task.id, 0, 10))).toEqual([
          'submitted',
          'working',
          'input-required',
          'working',
        ]);
      });

      test('remove forgets a final task and no other', async () => {
        const { id } = await submit();
        expect(await code(store.remove(id))).toBe('PREFISH_TASK_STATE');
        await store.requestCancel(id);
        await store.remove(id);
        expect(await code(store.get(id))).toBe('PREFISH_TASK_NOT_FOUND');
        expect(await store.events(id, 0, 10)).toEqual([]);
        expect(await code(store.remove(id))).toBe('PREFISH_TASK_NOT_FOUND');
      });
    });

    describe('reclaim', () => {
      const lose = async (task: { id: string }, attempt: number) => {
        const [settled] = await store.reclaim([{ id: task.id, attempt }]);
        return settled;
      };

      test('a task that had not started is submitted again, as often as need be', async () => {
        const { task } = await working();
        expect(await lose(task, 1)).toMatchObject({ state: 'submitted', attempt: 1 });
        expect((await store.claim('worker', 10))?.attempt).toBe(2);
        expect(await lose(task, 2)).toMatchObject({ state: 'submitted' });
      });

      test('a started one fails, unless it has retries left', async () => {
        const once = await working();
        await store.markStarted(once.task.id, 1, 'bwrap');
        expect(await lose(once.task, 1)).toMatchObject({ state: 'failed', reason: 'worker-lost' });

        const { task } = await working({ options: { retries: 1 } });
        await store.markStarted(task.id, 1, 'bwrap');
        expect(await lose(task, 1)).toMatchObject({ state: 'submitted', reason: 'worker-lost' });
        await store.claim('worker', 10);
        await store.markStarted(task.id, 2, 'bwrap');
        expect(await lose(task, 2)).toMatchObject({ state: 'failed', reason: 'worker-lost' });
      });

      test('one that was to be canceled is', async () => {
        const { task } = await working();
        await store.requestCancel(task.id);
        expect(await lose(task, 1)).toMatchObject({ state: 'canceled' });
      });

      test('expired names leases that ran out, or all', async () => {
        const { task } = await working();
        expect(await store.expired({ everything: false })).toEqual([]);
        expect(await store.expired({ everything: true })).toMatchObject([{ id: task.id, attempt: 1 }]);
        await store.beat(task.id, 1, -1);
        expect(await store.expired({ everything: false })).toMatchObject([{ id: task.id, attempt: 1 }]);
      });

      test('processes are remembered until their attempt is over', async () => {
        const { task } = await working();
        const process = { id: task.id, attempt: 1, pid: 4242, startTime: '99' };
        await store.recordProcess(process);
        await store.recordProcess(process);
        expect(await store.processes()).toEqual([process]);
        await lose(task, 1);
        expect(await store.processes()).toEqual([]);
      });
    });

    test('onChange tells of every commit in order, after it can be read', async () => {
      const seen: string[] = [];
      const reads: Promise<void>[] = [];
      const stop = store.onChange(({ id, task, removed }) => {
        seen.push(removed ? 'removed' : (task?.state ?? 'events'));
        if (task) reads.push(store.get(id).then((found) => expect(found.task.number).toBe(task.number)));
      });
      const { task } = await working();
      await store.append(task.id, 1, [output('x')]);
      await store.finish(task.id, 1, { state: 'completed' });
      await Promise.all(reads);
      await store.remove(task.id);
      stop();
      await submit();
      expect(seen).toEqual(['submitted', 'working', 'events', 'completed', 'removed']);
    });
  });
}
