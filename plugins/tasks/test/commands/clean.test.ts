import { expect, test } from 'vitest';
import { flooding, MemorySource } from '../support/memory-source.ts';
import { open } from '../support/run.ts';

/** A source that forgets tasks when it is told to. */
function forgetful(): MemorySource {
  const source = new MemorySource();
  const rm = {
    name: 'rm',
    summary: 'Forget it',
    run: ({ id }: { readonly id: string }) => {
      source.tasks.splice(
        source.tasks.findIndex((task) => task.id === id),
        1,
      );
      return { type: 'ok' as const };
    },
  };
  return Object.assign(source, { actions: [...source.actions, rm] });
}

test('clean forgets what has ended, once the user agrees', async () => {
  const source = forgetful();
  const ended = [source.add({ state: 'completed' }), source.add({ state: 'failed' })];
  const running = source.add();
  const question = 'Forget 2 tasks that ended?';
  const refused = await open([source], {}, { [question]: false });
  expect(await refused.run('clean')).toMatchObject({ error: { code: 'PREFISH_INTERRUPTED' } });
  expect(source.tasks).toHaveLength(3);
  const { run } = await open([source], {}, { [question]: true });
  const cleaned = await run('clean');
  expect(cleaned).toMatchObject({ code: 0, message: '2 tasks removed' });
  expect(cleaned.data).toEqual({ removed: ended.map(({ id }) => id).toReversed() });
  expect(source.tasks).toEqual([running]);
  expect(await run('clean')).toMatchObject({ code: 0, message: 'No task has ended' });
});

test('a page that is far longer than was asked for is counted', async () => {
  const { run } = await open([flooding()], {}, { 'Forget 150001 tasks that ended?': false });
  expect(await run('clean')).toMatchObject({ error: { message: 'Nothing was forgotten' } });
});

test('results that go with them are counted', async () => {
  const source = forgetful();
  const result = { commit: 'c', branch: 'b', files: 1, insertions: 1, deletions: 0 };
  source.add({ state: 'completed', result });
  const { run } = await open([source], {}, { 'Forget 1 task that ended, and with them 1 result?': true });
  expect(await run('clean')).toMatchObject({ message: '1 task removed' });
});
