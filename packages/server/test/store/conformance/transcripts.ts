import { describe, expect, test } from 'vitest';
import { request } from '../../fixtures/request.ts';
import { defaults, output, types, type StoreUnderTest } from './store-under-test.ts';

/** What is said of tasks, and who is told. */
export function describeTranscripts(under: StoreUnderTest): void {
  const { submit, working, open } = under;

  describe('events', () => {
    test('are numbered from 1 without gaps, across attempts and concurrent writers', async () => {
      const { task } = await working();
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          under.store.append(task.id, 1, [output(`${index}a`), output(`${index}b`)]),
        ),
      );
      await under.store.reclaim([{ id: task.id, attempt: 1 }]);
      await under.store.claim('worker', 10);
      await under.store.append(task.id, 2, [output('again')]);
      const events = await under.store.events(task.id, 0, 1000);
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
      const texts = events.flatMap((event) => (event.type === 'output' ? [event.text] : []));
      expect(texts).toEqual([
        ...Array.from({ length: 20 }, (_, index) => [`${index}a`, `${index}b`]).flat(),
        'again',
      ]);
      expect(events.every(({ task: of, at }) => of === task.id && !Number.isNaN(Date.parse(at)))).toBe(true);
    });

    test('are read in pages, by number and by size', async () => {
      const { task } = await working();
      await under.store.append(
        task.id,
        1,
        Array.from({ length: 250 }, (_, index) => output(String(index))),
      );
      const page = await under.store.events(task.id, 100, 50);
      expect([page[0]?.seq, page.at(-1)?.seq]).toEqual([101, 150]);
      expect(await under.store.events(task.id, 252, 50)).toEqual([]);
      await under.store.append(task.id, 1, [output('x'.repeat(1000)), output('y'.repeat(1000))]);
      expect(await under.store.events(task.id, 252, 50, 500)).toHaveLength(1);
    });

    test('are counted as the bytes that they take', async () => {
      const { task } = await working();
      const before = await under.store.size('');
      await under.store.append(task.id, 1, [output('漢'.repeat(1000))]);
      await under.store.message(task.id, 1, '漢'.repeat(1000));
      expect((await under.store.size('')) - before).toBeGreaterThan(6000);
      await under.store.submit(request({ line: `!: ${'漢'.repeat(1000)}` }), defaults, {
        files: { a: '漢'.repeat(1000) },
      });
      expect((await under.store.size('')) - before).toBeGreaterThan(12_000);
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

  test('onChange tells of every commit in order, after it can be read', async () => {
    const seen: string[] = [];
    const reads: Promise<void>[] = [];
    const stop = under.store.onChange(({ id, task, removed }) => {
      seen.push(removed ? 'removed' : (task?.state ?? 'events'));
      if (task) reads.push(under.store.get(id).then((found) => expect(found.task.number).toBe(task.number)));
    });
    const { task } = await working();
    await under.store.append(task.id, 1, [output('x')]);
    await under.store.finish(task.id, 1, { state: 'completed' });
    await Promise.all(reads);
    await under.store.remove(task.id);
    stop();
    await submit();
    expect(seen).toEqual(['submitted', 'working', 'events', 'completed', 'removed']);
  });
}
