import { expect, test } from 'vitest';
import { MemorySource } from '../support/memory-source.ts';
import { open } from '../support/run.ts';

test('the Task, by id, number, beginning of an id and @last', async () => {
  const source = new MemorySource();
  const first = source.add();
  const last = source.add();
  const { run } = await open([source]);
  for (const reference of [first.id, '1', 'tb']) expect((await run(`show ${reference}`)).data).toEqual(first);
  expect((await run('show @last')).data).toEqual(last);
  expect(await run('show nothing')).toMatchObject({ code: 4, error: { code: 'PREFISH_TASK_NOT_FOUND' } });
});

test('for people: what is known, without control sequences', async () => {
  const source = new MemorySource();
  source.add({
    title: 'x\x1b]0;t\x07',
    sandbox: 'none',
    base: { commit: '1a2b3c4d5e', branch: 'main', dirty: 3, untracked: 2 },
    result: { commit: 'f', branch: 'prefish/tb1', files: 1, insertions: 2, deletions: 0 },
  });
  const { message } = await (await open([source])).run('show 1');
  expect(message).toContain('title    x\n');
  expect(message).toContain('base     main@1a2b3c4, 3 changed, 2 untracked');
  expect(message).toContain('result   prefish/tb1: 1 file, +2 −0');
  expect(message).toContain('sandbox unsandboxed');
  expect(message).toContain('actions  cancel, apply, send, answer, undo');
});

test('of a task whose server ended while it ran: what that means, and what to do', async () => {
  const source = new MemorySource();
  source.add({ state: 'failed', reason: 'worker-lost', endedAt: '2026-01-01T00:01:00.000Z' });
  const { data, message } = await (await open([source])).run('show 1');
  expect(message).toContain('state    failed (its server ended)\n');
  expect(message).toContain(
    'ended while it ran, and what it had changed is lost. prefish tasks retry 1 runs',
  );
  expect(data).toMatchObject({ reason: 'worker-lost' });
});

test('what was kept, and the command that gets it', async () => {
  const source = new MemorySource();
  const { id } = source.add({ state: 'completed', endedAt: '2026-01-01T00:01:00.000Z' });
  source.kept.set(id, [{ path: 'out/a b.log', size: 2000 }]);
  const { run } = await open([source]);
  expect((await run('show 1')).message).toContain(
    "kept     out/a b.log (2 KB) · prefish tasks get 1 'out/a b.log'",
  );
  expect((await run('show 1')).data).toMatchObject({ id, files: [{ path: 'out/a b.log', size: 2000 }] });
});

test('the siblings of a task, and how to compare what they changed', async () => {
  const source = new MemorySource();
  const result = { commit: 'f', branch: 'prefish/t', files: 1, insertions: 2, deletions: 0 };
  const group = (index: number) => ({ group: { id: 'ta1', index, of: 3 } });
  source.add({ state: 'completed', result, ...group(1) });
  source.add({ state: 'completed', result, ...group(2) });
  source.add({ state: 'failed', exit: { code: 3 }, ...group(3) });
  source.add();
  const { run } = await open([source]);
  expect((await run('show 2')).message).toContain(
    'beside   1 completed, 3 failed (exit 3) · prefish tasks diff 1 2\n',
  );
  expect((await run('show 4')).message).not.toContain('beside');
});

test('the siblings are looked for where they can be, and no further', async () => {
  class Asked extends MemorySource {
    lists = 0;
    broken = false;
    override async list(...query: Parameters<MemorySource['list']>): ReturnType<MemorySource['list']> {
      this.lists += 1;
      if (this.broken) throw new Error('broken');
      return super.list(...query);
    }
  }
  const source = new Asked();
  const at = (minute: number) => ({ createdAt: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString() });
  const group = (index: number) => ({ group: { id: 'ta1', index, of: 3 } });
  for (let old = 0; old < 1000; old += 1) source.add(at(0));
  source.add({ ...at(60), ...group(1) });
  source.add({ ...at(60), ...group(2) });
  // The third one was removed, and 300 came since.
  for (let later = 0; later < 300; later += 1) source.add(at(61));
  source.add({ ...at(61), ...group(2), repeats: 'tb1' });
  const { run } = await open([source]);
  expect((await run('show 1002')).message).toContain('beside   1001 working, 1303 working\n');
  expect(source.lists).toBe(2);
  source.lists = 0;
  await run('show 1002 --json');
  expect(source.lists).toBe(0);
  source.broken = true;
  expect(await run('show 1002')).toMatchObject({ code: 0, message: expect.not.stringContaining('beside') });
});

test('a sibling that was repeated is no substitute for one that is on the next page', async () => {
  const source = new MemorySource();
  const group = (index: number) => ({ group: { id: 'ta1', index, of: 2 } });
  source.add(group(1));
  for (let other = 0; other < 250; other += 1) source.add();
  const { id } = source.add(group(2));
  source.add({ ...group(2), repeats: id });
  const { run } = await open([source]);
  expect((await run('show 252')).message).toContain('beside   1 working, 253 working\n');
  expect((await run('show 253')).message).toContain('beside   1 working, 252 working\n');
});
