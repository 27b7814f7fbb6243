import { describe, expect, test } from 'vitest';
import { code, output, types, type StoreUnderTest } from './store-under-test.ts';

/** How attempts take tasks, and who may write for them. */
export function describeAttempts(under: StoreUnderTest): void {
  const { submit, working } = under;

  describe('claim', () => {
    test('takes the oldest, once, however many ask', async () => {
      const submitted = [await submit(), await submit()];
      const claims = await Promise.all([1, 2, 3].map((worker) => under.store.claim(String(worker), 10)));
      expect(claims.map((claim) => claim?.task.id)).toEqual([...submitted.map(({ id }) => id), undefined]);
      expect(claims[0]).toMatchObject({ attempt: 1, started: false, task: { state: 'working' } });
    });

    test('waits until every awaited task has completed', async () => {
      const first = await submit();
      const second = await submit({ options: { after: [first.id, first.id] } });
      const claim = await under.store.claim('worker', 10);
      expect(claim?.task.id).toBe(first.id);
      expect(await under.store.claim('worker', 10)).toBeUndefined();
      await under.store.finish(first.id, 1, { state: 'completed', exit: { code: 0 } });
      expect((await under.store.claim('worker', 10))?.task.id).toBe(second.id);
    });

    test('a task whose awaited task did not complete fails, and so does what awaits it', async () => {
      const first = await submit();
      const second = await submit({ options: { after: [first.id] } });
      const third = await submit({ options: { after: [second.id] } });
      await under.store.requestCancel(first.id);
      for (const { id } of [second, third]) {
        expect((await under.store.get(id)).task).toMatchObject({
          state: 'failed',
          reason: 'dependency-failed',
        });
      }
      const late = await submit({ options: { after: [first.id] } });
      expect((await under.store.get(late.id)).task).toMatchObject({
        state: 'failed',
        reason: 'dependency-failed',
      });
      expect(await code(submit({ options: { after: ['tzzzzzzzzzzzzzzz'] } }))).toBe('PREFISH_TASK_NOT_FOUND');
    });
  });

  describe('any end', () => {
    test('of an awaited task will do where that was asked for', async () => {
      const first = await submit();
      const any = await submit({ options: { afterAny: [first.id] } });
      const both = await submit({ options: { after: [first.id], afterAny: [first.id] } });
      await under.store.claim('worker', 10);
      expect(await under.store.claim('worker', 10)).toBeUndefined();
      await under.store.finish(first.id, 1, { state: 'failed', exit: { code: 1 } });
      expect((await under.store.claim('worker', 10))?.task).toMatchObject({ id: any.id, after: [first.id] });
      expect((await under.store.get(both.id)).task.reason).toBe('dependency-failed');
      const late = await submit({ options: { afterAny: [first.id] } });
      expect((await under.store.claim('worker', 10))?.task.id).toBe(late.id);
    });
  });

  describe('messages', () => {
    test('are told to every attempt that comes, those of a lost one too', async () => {
      const { id } = await submit({ options: { retries: 1 } });
      await under.store.message(id, undefined, 'while it waits');
      const first = await under.store.claim('worker', 10);
      expect(first?.messages).toEqual(['while it waits']);
      expect(await code(under.store.message(id, undefined, 'to nobody'))).toBe('PREFISH_TASK_STATE');
      await under.store.markStarted(id, 1, 'none');
      await under.store.message(id, 1, 'to the first');
      await under.store.reclaim([{ id, attempt: 1 }]);
      expect(await code(under.store.message(id, 1, 'too late'))).toBe('PREFISH_STALE_ATTEMPT');
      expect((await under.store.claim('worker', 10))?.messages).toEqual(['while it waits', 'to the first']);
      const said = (await under.store.events(id, 0, 100)).flatMap((event) =>
        event.type === 'message' ? [event.text] : [],
      );
      expect(said).toEqual(['while it waits', 'to the first']);
    });

    test('are so many of a task, and together so long', async () => {
      const { id } = await submit();
      const other = await submit();
      const long = 'x'.repeat(2 ** 20);
      for (let count = 0; count < 8; count++) await under.store.message(id, undefined, long);
      expect(await code(under.store.message(id, undefined, 'one more'))).toBe('PREFISH_LIMIT');
      await under.store.message(other.id, undefined, long);
      await under.store.claim('worker', 10);
      expect(await code(under.store.message(id, 1, 'one more'))).toBe('PREFISH_LIMIT');
    });
  });

  describe('fencing', () => {
    test('every write of an attempt that was reclaimed is refused', async () => {
      const { task } = await working({ options: { retries: 5 } });
      await under.store.markStarted(task.id, 1, 'none');
      await under.store.reclaim([{ id: task.id, attempt: 1 }]);
      const second = await under.store.claim('worker', 10);
      expect(second).toMatchObject({ attempt: 2, started: false });
      const before = await under.store.events(task.id, 0, 1000);
      const stale = [
        under.store.append(task.id, 1, [output('late')]),
        under.store.finish(task.id, 1, { state: 'completed' }),
        under.store.markStarted(task.id, 1, 'none'),
        under.store.setWaiting(task.id, 1, true),
        under.store.recordProcess({ id: task.id, attempt: 1, pid: 1, startTime: '1' }),
      ];
      for (const write of stale) expect(await code(write)).toBe('PREFISH_STALE_ATTEMPT');
      expect(await under.store.beat(task.id, 1, 10)).toBe('lost');
      expect(await under.store.beat(task.id, 2, 10)).toBe('held');
      expect(await under.store.events(task.id, 0, 1000)).toEqual(before);
      expect(await under.store.reclaim([{ id: task.id, attempt: 1 }])).toEqual([]);
    });

    test('a refused write in the same turn takes nothing else with it', async () => {
      const { task } = await working();
      const results = await Promise.all([
        code(under.store.append(task.id, 1, [output('one')])),
        code(under.store.append(task.id, 7, [output('stale')])),
        code(under.store.append(task.id, 1, [output('two')])),
      ]);
      expect(results).toEqual(['resolved', 'PREFISH_STALE_ATTEMPT', 'resolved']);
      expect(types(await under.store.events(task.id, 0, 10))).toEqual([
        'submitted',
        'working',
        'output',
        'output',
      ]);
    });
  });
}
