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
