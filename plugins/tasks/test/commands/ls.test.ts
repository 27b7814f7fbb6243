import { PrefishError, type Task } from '@prefish/core';
import { expect, test } from 'vitest';
import { flooding, MemorySource } from '../support/memory-source.ts';
import { Person } from '../support/person.ts';
import { open } from '../support/run.ts';

test('{ tasks }, newest first, without a terminal and without a sub-command too', async () => {
  const source = new MemorySource();
  const [first, second] = [source.add(), source.add()];
  const { run } = await open([source]);
  expect((await run('ls')).data).toEqual({ tasks: [second, first] });
  expect((await run('')).data).toEqual({ tasks: [second, first] });
});

test('pages: next leads to the rest, --all has everything', async () => {
  const source = new MemorySource();
  for (let count = 0; count < 450; count++) source.add();
  const { run } = await open([source]);
  const { tasks, next } = (await run('ls --limit 400')).data as { tasks: unknown[]; next: string };
  expect(tasks).toHaveLength(400);
  expect((await run(`ls --limit 400 --cursor ${next}`)).data).toEqual({ tasks: source.tasks.slice(400) });
  expect((await run('ls --all')).data).toEqual({ tasks: source.tasks });
});

test('a page that is far longer than was asked for is listed', async () => {
  const { run } = await open([flooding()]);
  expect((await run('ls --all')).data).toMatchObject({ tasks: { length: 150_001 } });
});

test('the sources are one list, by time', async () => {
  const [local, other] = [new MemorySource(), new MemorySource('other', 'Shells')];
  const middle = local.add({ createdAt: '2026-01-02T00:00:00.000Z' });
  const newest = other.add({ createdAt: '2026-01-03T00:00:00.000Z' });
  const oldest = other.add({ createdAt: '2026-01-01T00:00:00.000Z' });
  const { run } = await open([local, other]);
  expect((await run('ls')).data).toEqual({ tasks: [newest, middle, oldest] });
});

test('--limit counts over all sources, and next leaves nothing out', async () => {
  const [local, other] = [new MemorySource(), new MemorySource('other', 'Shells')];
  const days = [8, 7, 6, 5, 4, 3, 2, 1];
  for (const day of days.toReversed()) {
    (day % 3 === 0 ? other : local).add({ id: `tday${day}`, createdAt: `2026-01-0${day}T00:00:00.000Z` });
  }
  const { run } = await open([local, other]);
  const seen: string[] = [];
  let cursor = '';
  do {
    const { tasks, next } = (await run(`ls --limit 3${cursor}`)).data as { tasks: Task[]; next?: string };
    expect(tasks.length).toBeLessThanOrEqual(3);
    seen.push(...tasks.map(({ id }) => id));
    cursor = next === undefined ? '' : ` --cursor ${next}`;
  } while (cursor !== '');
  expect(seen).toEqual(days.map((day) => `tday${day}`));
});

test('--state takes one or several', async () => {
  const source = new MemorySource();
  source.add({ state: 'completed' });
  const failed = source.add({ state: 'failed' });
  const working = source.add();
  const { run } = await open([source]);
  expect((await run('ls --state working')).data).toEqual({ tasks: [working] });
  expect((await run('ls --state working,failed')).data).toEqual({ tasks: [working, failed] });
});

test('a source that fails is a warning; all of them failing is the error', async () => {
  const [good, bad] = [new MemorySource(), new MemorySource('bad', 'Remote sessions')];
  bad.failure = new PrefishError('PREFISH_SERVER_UNREACHABLE', 'nobody answers');
  const task = good.add();
  const { run } = await open([good, bad]);
  const ran = await run('ls');
  expect(ran).toMatchObject({
    code: 0,
    data: {
      tasks: [task],
      warnings: [{ source: 'bad', code: 'PREFISH_SERVER_UNREACHABLE', message: 'nobody answers' }],
    },
  });
  expect(ran.events[0]).toMatchObject({
    type: 'warning',
    code: 'PREFISH_SERVER_UNREACHABLE',
    message: 'Remote sessions: nobody answers',
  });
  good.tasks.splice(0);
  expect(await run('ls')).toMatchObject({ code: 3, message: 'No background tasks that can be seen' });
  good.failure = bad.failure;
  expect((await run('ls')).code).toBe(3);
});

test('why a line was not sent yet takes no room in the table', async () => {
  const source = new MemorySource();
  const reason = 'not-delivered: https://localhost:18377 does not answer (connection refused)';
  source.add({ number: 0, state: 'submitted', reason, title: 'kept' });
  const { run } = await open([source]);
  expect((await run('ls')).message).toMatch(/ submitted \(not-delivered\) +\S+ +kept$/m);
});

test('a bad task of the only source is a warning; the others are shown', async () => {
  const source = new MemorySource();
  const good = source.add();
  source.add({ state: 'bogus' as never });
  const { run } = await open([source]);
  const ran = await run('ls');
  expect(ran).toMatchObject({
    code: 0,
    data: { tasks: [good], warnings: [{ code: 'PREFISH_TASK_SOURCE_FAILED' }] },
  });
  expect(ran.events[0]).toMatchObject({ type: 'warning', code: 'PREFISH_TASK_SOURCE_FAILED' });
});

test('for people: a table whose titles cannot drive the terminal', async () => {
  const source = new MemorySource();
  source.add({
    title: 'evil\x1b[2J\nsecond',
    state: 'failed',
    exit: { code: 3 },
    endedAt: '2026-01-01T00:01:13.000Z',
  });
  source.add({ title: 'free', sandbox: 'none', state: 'completed', endedAt: '2026-01-01T00:59:05.000Z' });
  const { run } = await open([source]);
  expect((await run('ls')).message).toBe(
    [
      '#  ID   STATE            TIME   TITLE',
      '2  tc2  completed        59:03  free  (unsandboxed)',
      '1  tb1  failed (exit 3)  1:12   evil⏎second',
    ].join('\n'),
  );
});

test('for people: what runs elsewhere says where; on a screen neither states nor ids take the place of titles', async () => {
  const [local, far] = [new MemorySource(), new MemorySource('far', 'Remote sessions')];
  const { id } = local.add({
    id: 'tabcdefghjkmnpqr',
    title: 'here',
    state: 'submitted',
    reason: 'waits for a free worker, 2 of 2 busy',
  });
  far.add({ title: 'there', place: 'build.example.org', group: { id: 'g', index: 2, of: 3 } });
  const piped = (await (await open([local, far])).run('ls')).message!;
  expect(piped).toMatch(new RegExp(`${id} .* \\(waits for a free worker, 2 of 2 busy\\) .* here$`, 'm'));
  expect(piped).toMatch(/there \(2\/3\) · build\.example\.org$/m);
  const rows = async (columns: number): Promise<string> =>
    (await (await open([local, far], new Person(columns, 24).host)).run('ls')).message!;
  expect(await rows(80)).toMatch(new RegExp(`${id} .*submitted \\(waits.*… .* here$`, 'm'));
  expect(await rows(60)).toMatch(/ tabcde  submitted \(waits.*… .* here$/m);
});

test('no tasks: that, for people and programs', async () => {
  const { run } = await open([new MemorySource()]);
  const ran = await run('ls');
  expect(ran.data).toEqual({ tasks: [] });
  expect(ran.message).toBe('No background tasks');
});

test.each(['ls --limit 0', 'ls --limit x', 'ls --state done', 'ls --cursor !', 'ls what', 'what'])(
  '"tasks %s" is refused',
  async (words) => {
    const { run } = await open([new MemorySource()]);
    expect(await run(words)).toMatchObject({ code: 2, error: { code: 'PREFISH_USAGE' } });
  },
);

test('--json inside the shell shows the data', async () => {
  const source = new MemorySource();
  const task = source.add();
  const { shell } = await open([source]);
  const { result } = await shell.submit('/tasks ls --json');
  expect(result).toMatchObject({ type: 'ok', message: JSON.stringify({ tasks: [task] }, null, 2) });
});
