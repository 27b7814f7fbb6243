import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definePlugin } from '@prefish/core';
import { testShell } from '@prefish/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tasksCommand } from '../../src/commands/tasks.ts';
import { describeNews, TaskNews } from '../../src/news/task-news.ts';
import { MemorySource } from '../support/memory-source.ts';
import { open } from '../support/run.ts';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'prefish-news-'))));
afterEach(() => rm(folder, { recursive: true }));

const later = (): string => new Date(Date.now() + 1000).toISOString();
const { signal } = new AbortController();

test('what ended or asks is told once, to the next shell too, until the list was looked at', async () => {
  const source = new MemorySource();
  const { shell } = await open([source]);
  const file = join(folder, 'seen.json');
  const news = new TaskNews(file);
  news.looked();
  expect(await news.gather(shell.tasks, signal)).toBeUndefined();
  source.add({ state: 'completed', endedAt: '2020-01-01T00:00:00.000Z' });
  source.add({ state: 'canceled', endedAt: later() });
  for (const state of ['completed', 'completed', 'failed'] as const) source.add({ state, endedAt: later() });
  source.add({ state: 'input-required' });
  const found = await news.gather(shell.tasks, signal);
  expect(describeNews(found!)).toBe('2 done, 1 failed, 1 asks · /tasks');
  expect(await news.gather(shell.tasks, signal)).toBeUndefined();
  expect(await new TaskNews(file).gather(shell.tasks, signal)).toEqual(found);
});

test('of what was started here the end is told as it comes, and not again; of all siblings too', async () => {
  const source = new MemorySource();
  const { shell } = await open([source]);
  const news = new TaskNews(undefined);
  const group = { id: 'g', of: 2 };
  const ended = { state: 'completed', endedAt: later() } as const;
  news.expects(source.add(ended));
  news.expects(source.add({ ...ended, group: { ...group, index: 1 } }));
  source.add({ ...ended, group: { ...group, index: 2 } });
  expect(await news.gather(shell.tasks, signal)).toBeUndefined();
  source.add(ended);
  expect(await news.gather(shell.tasks, signal)).toEqual({ done: 1, failed: 0, asks: 0 });
});

test('what a line has answered with is not told again, until it goes on', async () => {
  const source = new MemorySource();
  const { shell } = await open([source]);
  const news = new TaskNews(undefined);
  const waited = source.add({ state: 'completed', endedAt: later() });
  const running = source.add();
  for (const data of [waited, [running], undefined, null, 'text', { id: 1 }]) news.told(data);
  expect(await news.gather(shell.tasks, signal)).toBeUndefined();
  source.change(running.id, { state: 'failed', endedAt: later() });
  expect(await news.gather(shell.tasks, signal)).toEqual({ done: 0, failed: 1, asks: 0 });
});

test.each(['wait', 'logs', 'show'])('a task whose end %s has shown is no longer unread', async (command) => {
  const source = new MemorySource();
  const [read, other] = [source.add(), source.add({ state: 'failed', endedAt: later() })];
  const news = new TaskNews(join(folder, 'seen.json'));
  const tasks = definePlugin({
    name: 'tasks-with-news',
    api: '^1',
    setup: (shell) => shell.command(tasksCommand(shell.view.tasks, news)),
  })();
  await using t = await testShell({ plugins: [tasks, source.plugin()] });
  source.change(read.id, { state: 'completed', endedAt: later() });
  expect(await t.command('tasks', [command, read.id])).toMatchObject({ code: 0 });
  expect([source.find(read.id)!, other].map((task) => news.isUnread(task))).toEqual([false, true]);
});

test('a task is unread until it was opened, in whichever shell', () => {
  const source = new MemorySource();
  const file = join(folder, 'seen.json');
  const news = new TaskNews(file);
  const task = source.add({ state: 'failed', endedAt: later() });
  expect(news.isUnread(task)).toBe(true);
  expect(news.isUnread(source.add())).toBe(false);
  news.opened(task);
  expect(news.isUnread(task)).toBe(false);
  expect(new TaskNews(file).isUnread(task)).toBe(false);
});

test('what another prefish has waited for or shown is not told', async () => {
  const source = new MemorySource();
  const { shell } = await open([source]);
  const file = join(folder, 'seen.json');
  const news = new TaskNews(file);
  news.looked();
  const [waited] = [
    source.add({ state: 'failed', endedAt: later() }),
    source.add({ state: 'completed', endedAt: later() }),
  ];
  new TaskNews(file).told([waited]);
  expect(await news.gather(shell.tasks, signal)).toEqual({ done: 1, failed: 0, asks: 0 });
});
