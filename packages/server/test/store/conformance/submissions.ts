import { describe, expect, test } from 'vitest';
import { request } from '../../fixtures/request.ts';
import { code, defaults, types, type StoreUnderTest } from './store-under-test.ts';

/** How tasks come into a store, and are found there. */
export function describeSubmissions(under: StoreUnderTest): void {
  const { submit } = under;

  describe('submit', () => {
    test('keeps the request and numbers tasks from 1', async () => {
      const asked = request({ line: '!echo hi\n', title: 'greeting', options: { timeout: 5 } });
      const { task, created } = await under.store.submit(asked, defaults);
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
      expect((await under.store.get(asked.id)).request).toEqual(asked);
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
      const first = await under.store.list({ owner: '', limit: 1000 });
      expect(first.tasks).toHaveLength(16);
      const second = await under.store.list({ owner: '', limit: 1000, cursor: first.next! });
      expect(second.tasks.map(({ number }) => number)).toEqual([4, 3, 2, 1]);
      expect(second.next).toBeUndefined();
    });

    test('keeps what came along apart from the request, for the claim and for a retry', async () => {
      const asked = request();
      const enclosed = { settings: { agent: 'fake' }, files: { 'conversation.md': 'said' } };
      await under.store.submit(asked, defaults, enclosed);
      const { id } = await submit();
      expect(await under.store.enclosure(asked.id)).toEqual(enclosed);
      expect(await under.store.enclosure(id)).toBeUndefined();
      expect((await under.store.get(asked.id)).request).toEqual(asked);
      expect((await under.store.claim('worker', 10))?.enclosed).toEqual(enclosed);
      expect(await under.store.claim('worker', 10)).not.toHaveProperty('enclosed');
      await under.store.finish(asked.id, 1, { state: 'completed' });
      await under.store.remove(asked.id);
      expect(await under.store.enclosure(asked.id)).toBeUndefined();
    });

    test('takes the same id twice as one task', async () => {
      const asked = request();
      const results = await Promise.all([1, 2, 3].map(() => under.store.submit(asked, defaults)));
      expect(results.filter(({ created }) => created)).toHaveLength(1);
      expect(new Set(results.map(({ task }) => task.number))).toEqual(new Set([1]));
      expect(types(await under.store.events(asked.id, 0, 10))).toEqual(['submitted']);
    });

    test('never gives a number twice, also after a removal', async () => {
      const { id } = await submit();
      await under.store.requestCancel(id);
      await under.store.remove(id);
      expect((await submit()).number).toBe(2);
    });
  });

  describe('find', () => {
    test('goes by id, number, beginning of an id and @last', async () => {
      const first = await submit({ id: 'taaaaaaaaaaaaaab' });
      const second = await submit({ id: 'taaaaaaaaaaaaaac' });
      expect((await under.store.find('', first.id)).task.id).toBe(first.id);
      expect((await under.store.find('', '2')).task.id).toBe(second.id);
      expect((await under.store.find('', '@last')).task.id).toBe(second.id);
      await submit({ id: 'tbbbbbbbbbbbbbbb' });
      expect((await under.store.find('', 'tb')).task.number).toBe(3);
      expect(await code(under.store.find('', 'ta'))).toBe('PREFISH_TASK_AMBIGUOUS');
      for (const missing of ['tc', '4', '', '%', "t' or 1", '@first']) {
        expect(await code(under.store.find('', missing))).toBe('PREFISH_TASK_NOT_FOUND');
      }
    });
  });

  describe('list', () => {
    test('pages from the newest, by state and by repository', async () => {
      for (const repo of ['one11111', 'two22222', 'one11111']) await submit({ repo });
      await under.store.claim('worker', 10);
      const page = await under.store.list({ owner: '', limit: 2 });
      expect(page.tasks.map(({ number }) => number)).toEqual([3, 2]);
      const rest = await under.store.list({ owner: '', limit: 2, cursor: page.next! });
      expect(rest.tasks.map(({ number }) => number)).toEqual([1]);
      expect(rest.next).toBeUndefined();
      expect((await under.store.list({ owner: '', limit: 9, state: ['working'] })).tasks).toMatchObject([
        { number: 1 },
      ]);
      expect((await under.store.list({ owner: '', limit: 9, repo: 'two22222' })).tasks).toMatchObject([
        { number: 2 },
      ]);
      expect(await under.store.counts()).toEqual({ submitted: 2, working: 1 });
      await under.store.requestCancel(page.tasks[0]!.id);
      const counted = await under.store.list({ owner: '', limit: 1, counts: true });
      expect(counted.counts).toEqual({ total: 3, active: 2 });
      expect(
        (await under.store.list({ owner: '', limit: 1, counts: true, repo: 'two22222' })).counts,
      ).toMatchObject({
        total: 1,
      });
      expect(page.counts).toBeUndefined();
      expect(await code(under.store.list({ owner: '', limit: 1, cursor: 'x' }))).toBe(
        'PREFISH_REQUEST_INVALID',
      );
    });
  });
}
