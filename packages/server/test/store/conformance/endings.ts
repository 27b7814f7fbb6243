import { describe, expect, test } from 'vitest';
import type { StoreChange } from '../../../src/store/store.ts';
import { code, output, types, type StoreUnderTest } from './store-under-test.ts';

/** How tasks end, and are forgotten. */
export function describeEndings(under: StoreUnderTest): void {
  const { submit, working } = under;

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
      const final = await under.store.finish(task.id, 1, {
        state: 'failed',
        exit: { signal: 'SIGKILL' },
        result,
      });
      expect(final).toMatchObject({ state: 'failed', exit: { signal: 'SIGKILL' }, result });
      expect(final.endedAt).toBeDefined();
      expect(types(await under.store.events(task.id, 0, 10)).slice(-3)).toEqual(['result', 'exit', 'failed']);
      expect(await code(under.store.append(task.id, 1, [output('late')]))).toBe('PREFISH_STALE_ATTEMPT');
      expect(await code(under.store.finish(task.id, 1, { state: 'completed' }))).toBe(
        'PREFISH_STALE_ATTEMPT',
      );
      expect(await under.store.requestCancel(task.id)).toEqual(final);
      expect(await under.store.reclaim([{ id: task.id, attempt: 1 }])).toEqual([]);
    });

    test('cancel ends a submitted task at once and asks the worker of a working one', async () => {
      const waiting = await submit();
      expect(await under.store.requestCancel(waiting.id)).toMatchObject({
        state: 'canceled',
        reason: 'canceled',
      });
      const { task } = await working();
      const changes: StoreChange[] = [];
      under.store.onChange((change) => changes.push(change));
      expect((await under.store.requestCancel(task.id)).state).toBe('working');
      expect(changes).toMatchObject([{ id: task.id, cancelRequested: true }]);
      expect(await under.store.beat(task.id, 1, 10)).toBe('cancel');
      expect(await code(under.store.requestCancel('tzzzzzzzzzzzzzzz'))).toBe('PREFISH_TASK_NOT_FOUND');
    });

    test('input-required and back', async () => {
      const { task } = await working();
      await under.store.setWaiting(task.id, 1, true);
      await under.store.setWaiting(task.id, 1, true);
      expect((await under.store.get(task.id)).task.state).toBe('input-required');
      expect(await under.store.counts()).toEqual({ submitted: 0, working: 1 });
      await under.store.setWaiting(task.id, 1, false);
      expect(types(await under.store.events(task.id, 0, 10))).toEqual([
        'submitted',
        'working',
        'input-required',
        'working',
      ]);
    });

    test('remove forgets a final task and no other', async () => {
      const { id } = await submit();
      expect(await code(under.store.remove(id))).toBe('PREFISH_TASK_STATE');
      await under.store.requestCancel(id);
      await under.store.remove(id);
      expect(await code(under.store.get(id))).toBe('PREFISH_TASK_NOT_FOUND');
      expect(await under.store.events(id, 0, 10)).toEqual([]);
      expect(await code(under.store.remove(id))).toBe('PREFISH_TASK_NOT_FOUND');
    });
  });

  describe('reclaim', () => {
    const lose = async (task: { id: string }, attempt: number) => {
      const [settled] = await under.store.reclaim([{ id: task.id, attempt }]);
      return settled;
    };

    test('a task that had not started is submitted again, as often as need be', async () => {
      const { task } = await working();
      expect(await lose(task, 1)).toMatchObject({ state: 'submitted', attempt: 1 });
      expect((await under.store.claim('worker', 10))?.attempt).toBe(2);
      expect(await lose(task, 2)).toMatchObject({ state: 'submitted' });
    });

    test('a started one fails, unless it has retries left', async () => {
      const once = await working();
      await under.store.markStarted(once.task.id, 1, 'bwrap');
      expect(await lose(once.task, 1)).toMatchObject({ state: 'failed', reason: 'worker-lost' });

      const { task } = await working({ options: { retries: 1 } });
      await under.store.markStarted(task.id, 1, 'bwrap');
      expect(await lose(task, 1)).toMatchObject({ state: 'submitted', reason: 'worker-lost' });
      await under.store.claim('worker', 10);
      await under.store.markStarted(task.id, 2, 'bwrap');
      expect(await lose(task, 2)).toMatchObject({ state: 'failed', reason: 'worker-lost' });
    });

    test('one that was to be canceled is', async () => {
      const { task } = await working();
      await under.store.requestCancel(task.id);
      expect(await lose(task, 1)).toMatchObject({ state: 'canceled' });
    });

    test('expired names leases that ran out, or all', async () => {
      const { task } = await working();
      expect(await under.store.expired({ everything: false })).toEqual([]);
      expect(await under.store.expired({ everything: true })).toMatchObject([{ id: task.id, attempt: 1 }]);
      await under.store.beat(task.id, 1, -1);
      expect(await under.store.expired({ everything: false })).toMatchObject([{ id: task.id, attempt: 1 }]);
    });

    test('processes are remembered until their attempt is over', async () => {
      const { task } = await working();
      const process = { id: task.id, attempt: 1, pid: 4242, startTime: '99' };
      await under.store.recordProcess(process);
      await under.store.recordProcess(process);
      expect(await under.store.processes()).toEqual([process]);
      await lose(task, 1);
      expect(await under.store.processes()).toEqual([]);
    });
  });

  describe('retention', () => {
    test('ended tasks are found, the first to end first; their room can be given back', async () => {
      const [one, two, three] = [await submit(), await submit(), await submit()];
      await under.store.requestCancel(two.id);
      await under.store.requestCancel(one.id);
      expect((await under.store.ended({ limit: 9 })).map(({ id }) => id)).toEqual([two.id, one.id]);
      expect(await under.store.ended({ limit: 9, before: '2000-01-01T00:00:00.000Z' })).toEqual([]);
      await under.store.remove(two.id);
      await under.store.compact();
      expect((await under.store.ended({ limit: 9 })).map(({ id }) => id)).toEqual([one.id]);
      expect((await under.store.claim('worker', 10))?.task.id).toBe(three.id);
    });
  });
}
