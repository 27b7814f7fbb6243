import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openTerminal, keys, type TerminalSession } from '../../support/terminal.ts';
import { until } from '../../support/until.ts';
import { holdTask, prefish } from '../held-task.ts';
import { interleaved, type Bench, type Row } from '../row.ts';

const few = 100;
const many = 100_000;
/** So many pages are turned once the list is open. */
const pages = 5;
const pageDown = '\u001B[6~';

/** Copies of the only task, under ids of their own. */
const copyTask = `
  with recursive copies (copy) as (select 1 union all select copy + 1 from copies where copy < ?)
  insert into tasks (own_number, id, repo, request, place, sandbox, state, attempt, started, created_at, started_at, ended_at, exit)
  select copy + 1, 't' || replace(replace(printf('%015d', copy), '0', 'a'), '1', 'b'),
    repo, request, place, sandbox, 'completed', 1, 1, created_at, created_at, created_at, '{"code":0}'
  from tasks, copies where number = 1
`;

/** A shell whose server has so many tasks. */
interface Shell {
  readonly count: number;
  readonly terminal: TerminalSession;
  close(): Promise<void>;
}

async function shellWith(bench: Bench, count: number): Promise<Shell> {
  const folder = join(bench.folder, `tasks-${count}`);
  const home = join(folder, 'prefish');
  mkdirSync(folder);
  const own: Bench = { ...bench, folder, env: { ...bench.env, PREFISH_HOME: home } };
  holdTask(own).release();
  prefish(own, folder, ['daemon', 'stop']);
  const store = new DatabaseSync(join(home, 'data', 'server', 'tasks.db'));
  store.prepare(copyTask).run(count - 1);
  store.close();
  prefish(own, folder, ['daemon', 'start']);
  const terminal = openTerminal({ home: folder, env: own.env as Record<string, string> }, [], {
    program: [bench.node, bench.prefish],
  });
  await terminal.shows(/^[❯>]/m);
  return {
    count,
    terminal,
    async close() {
      await terminal[Symbol.asyncDispose]();
      prefish(own, folder, ['daemon', 'stop']);
    },
  };
}

/** Opens the list and turns pages; resolves with the milliseconds that it took. */
async function openAndPage({ terminal, count }: Shell): Promise<number> {
  const selected = (): string => /^ {2}>.*$/m.exec(terminal.screen())?.[0] ?? '';
  const start = performance.now();
  terminal.type('/tasks\r');
  await until(() => terminal.screen().includes(`(${count})`) && selected().endsWith(`#${count}`), 'the list');
  for (let page = 0; page < pages; page++) {
    const before = selected();
    terminal.type(pageDown);
    await until(() => selected() !== before, 'the next page');
  }
  const took = performance.now() - start;
  terminal.type(keys.escape);
  await terminal.hides('Background tasks');
  return took;
}

export const tasksList: Row = {
  what: '/tasks with 100,000 tasks, open and page',
  against: 'with 100 tasks',
  budget: 1.5,
  async measure(bench) {
    const [short, long] = [await shellWith(bench, few), await shellWith(bench, many)];
    try {
      const figures = await interleaved(
        Math.min(bench.rounds, 11),
        () => openAndPage(long),
        () => openAndPage(short),
      );
      return { ...figures, unit: 'ms' };
    } finally {
      await short.close();
      await long.close();
    }
  },
};
