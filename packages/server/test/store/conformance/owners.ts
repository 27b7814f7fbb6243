import { describe, expect, test } from 'vitest';
import { request } from '../../fixtures/request.ts';
import { code, defaults, output, type StoreUnderTest } from './store-under-test.ts';

/** What a store keeps apart for those who share it. */
export function describeOwners(under: StoreUnderTest): void {
  const { crowd } = under;

  describe('owners', () => {
    const submitFor = async (owner: string, changes: Parameters<typeof request>[0] = {}) =>
      (await under.store.submit(request(changes), { ...defaults, owner })).task;

    test('count for themselves, and see nothing of each other', async () => {
      const mine = await submitFor('ada');
      const others = [await submitFor('bob'), await submitFor('bob', { repo: 'two22222' })];
      expect([mine, ...others].map(({ number }) => number)).toEqual([1, 1, 2]);
      expect((await under.store.find('ada', '1')).task.id).toBe(mine.id);
      expect((await under.store.find('bob', '@last')).task.id).toBe(others[1]!.id);
      for (const reference of [others[0]!.id, others[0]!.id.slice(0, -1), '2']) {
        expect(await code(under.store.find('ada', reference))).toBe('PREFISH_TASK_NOT_FOUND');
      }
      expect(await code(under.store.find('', '@last'))).toBe('PREFISH_TASK_NOT_FOUND');
      expect(await under.store.get(mine.id)).toMatchObject({ owner: 'ada', task: { number: 1 } });
      const { tasks, counts } = await under.store.list({ owner: 'bob', limit: 9, counts: true });
      expect(tasks.map(({ id }) => id)).toEqual([others[1]!.id, others[0]!.id]);
      expect(counts).toEqual({ total: 2, active: 2 });
      expect((await under.store.list({ owner: 'ada', limit: 9, repo: 'two22222' })).tasks).toEqual([]);
      expect(await under.store.counts('ada')).toEqual({ submitted: 1, working: 0 });
      expect(await under.store.counts()).toEqual({ submitted: 3, working: 0 });
      expect(await under.store.states()).toEqual({ submitted: 3 });
    });

    test('page through their own', async () => {
      for (const owner of ['ada', 'bob', 'ada', 'bob', 'ada']) await submitFor(owner);
      const page = await under.store.list({ owner: 'ada', limit: 2 });
      const rest = await under.store.list({ owner: 'ada', limit: 2, cursor: page.next! });
      expect([...page.tasks, ...rest.tasks].map(({ number }) => number)).toEqual([3, 2, 1]);
      expect(rest.next).toBeUndefined();
    });

    test('neither take nor wait for a task of somebody else', async () => {
      const { id } = await submitFor('ada');
      expect(await code(submitFor('bob', { id }))).toBe('PREFISH_REQUEST_INVALID');
      expect(await code(submitFor('bob', { options: { after: [id] } }))).toBe('PREFISH_TASK_NOT_FOUND');
      expect((await under.store.list({ owner: 'bob', limit: 9 })).tasks).toEqual([]);
      expect((await submitFor('ada', { options: { after: [id] } })).after).toEqual([id]);
    });

    test('are told with each change', async () => {
      const seen: string[] = [];
      under.store.onChange(({ owner, task }) => seen.push(`${owner} ${task?.state ?? 'else'}`));
      const { id } = await submitFor('ada');
      await under.store.claim('worker', 10);
      await under.store.append(id, 1, [output('x')]);
      expect(await under.store.size('ada')).toBeGreaterThan(0);
      expect(await under.store.size('bob')).toBe(0);
      await under.store.requestCancel(id);
      await under.store.finish(id, 1, { state: 'canceled' });
      await under.store.remove(id);
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
          under.store.submit(request(), { ...defaults, owner, ...(most !== undefined && { most }) }),
        ),
      );
    const next = async (most?: number): Promise<string | undefined> => {
      const claim = await under.store.claim('worker', 10, most);
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
        const { owner, task } = (await under.store.claim('worker', 10))!;
        taken.push(`${owner} ${task.number}`);
        await under.store.finish(task.id, 1, { state: 'completed' });
      }
      expect(taken).toEqual(['ada 1', 'bob 1', 'ada 2', 'bob 2', 'ada 3']);
    });

    test('a task that waits for another one holds up none of its owner, nor of others', async () => {
      const { task: first } = await under.store.submit(request(), { ...defaults, owner: 'ada' });
      await under.store.claim('worker', 10);
      await under.store.submit(request({ options: { after: [first.id] } }), { ...defaults, owner: 'ada' });
      await many('ada', 1);
      await under.store.submit(request({ options: {} }), { ...defaults, owner: 'bob' });
      expect([await next(), await next(), await next()]).toEqual(['bob 1', 'ada 3', undefined]);
    });

    test('none has more that run than it may, however many workers ask', async () => {
      await many('ada', 6);
      await many('bob', 1);
      const taken = await Promise.all(Array.from({ length: 8 }, () => next(2)));
      expect(taken.filter((task) => task !== undefined).toSorted()).toEqual(['ada 1', 'ada 2', 'bob 1']);
      const [first] = (await under.store.list({ owner: 'ada', limit: 9, state: ['working'] })).tasks;
      await under.store.setWaiting(first!.id, 1, true);
      expect(await next(2)).toBeUndefined();
      await under.store.finish(first!.id, 1, { state: 'completed' });
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
      expect(await under.store.counts('ada')).toEqual({ submitted: 7, working: 0 });
      const { task } = await under.store.find('ada', '@last');
      expect(task.number).toBe(7);
      await under.store.requestCancel(task.id);
      const again = await many('ada', 2, 7);
      expect(again.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    });

    test('none has more that wait than it leaves room for, however many come at once', async () => {
      const submit = (owner: string, mayWait: number, most?: number) =>
        under.store.submit(request(), { ...defaults, owner, mayWait, ...(most !== undefined && { most }) });
      const burst = (owner: string, count: number, mayWait: number, most?: number) =>
        Promise.allSettled(Array.from({ length: count }, () => submit(owner, mayWait, most)));
      const refused = (results: readonly PromiseSettledResult<unknown>[]) =>
        results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));

      const first = refused(await burst('ada', 30, 8, 100));
      expect(first).toHaveLength(26);
      expect(first[0]).toMatchObject({
        code: 'PREFISH_LIMIT',
        message: '4 tasks of ada wait, 4 of all accounts; of 8 none has more than are left.',
        retryAfter: expect.any(Number),
      });
      expect(refused(await burst('bob', 30, 8, 100))).toHaveLength(28);
      await Promise.all(['c', 'd', 'e', 'f', 'g', 'h'].map((owner) => burst(owner, 5, 8, 100)));
      expect(await under.store.counts()).toEqual({ submitted: 8, working: 0 });
      // The only owner has all of them.
      expect(refused(await burst('', 30, 12))).toHaveLength(26);
      await expect(submit('', 12)).rejects.toThrow('12 tasks wait already; this server keeps no more.');
      await under.store.claim('worker', 10);
      await submit('', 12);
    });

    test('each is known by what it brought and what its tasks said', async () => {
      const asked = request({ line: `!echo ${'x'.repeat(5000)}`, options: {} });
      await under.store.submit(asked, { ...defaults, owner: 'ada' }, { files: { notes: 'y'.repeat(3000) } });
      expect(await under.store.size('ada')).toBeGreaterThan(8000);
      await under.store.message(asked.id, undefined, 'z'.repeat(2000));
      expect(await under.store.size('ada')).toBeGreaterThan(10_000);
      expect(await under.store.size('ada')).toBeLessThan(12_000);
      expect(await under.store.size('bob')).toBe(0);
      await many('bob', 1);
      const { task } = await under.store.find('bob', '1');
      expect(await under.store.ownedBy('bob', [asked.id, task.id, 'tnone'])).toEqual([task.id]);
      expect(await under.store.ownedBy('bob', [])).toEqual([]);
    });
  });
}
