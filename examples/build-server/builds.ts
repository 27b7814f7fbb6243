import { setTimeout as delay } from 'node:timers/promises';
import { definePlugin, type Event, type Task, type TaskSource } from '@prefish/core';
import * as z from 'zod';
import { BuildApi, type Run } from './build-api.ts';

const options = z.object({
  /** Where the build server answers: `https://builds.example.com/api/`. */
  url: z.url(),
  /** How often a list on the screen asks again, in seconds. */
  every: z.number().positive().default(5),
});

export default definePlugin({
  name: 'prefish-plugin-builds',
  version: '0.0.0',
  api: '^1',
  options,
  setup(shell) {
    const { url, every } = shell.options;
    shell.tasks(builds(new BuildApi(url), new URL(url).host, every * 1000));
  },
});

/** The runs of a build server as background tasks. */
function builds(api: BuildApi, place: string, pauseMs: number): TaskSource {
  const newest = async (limit: number, signal: AbortSignal): Promise<Task[]> =>
    (await api.runs(limit, signal)).map((run) => task(run, place));
  const one = async (id: string, signal: AbortSignal): Promise<Task | undefined> =>
    (await newest(100, signal)).find((run) => run.id === id || String(run.number) === id);

  return {
    id: 'builds',
    title: 'Builds',
    async list({ state, limit = 100 }, signal) {
      const tasks = await newest(limit, signal);
      return { tasks: tasks.filter((run) => state === undefined || state.includes(run.state)) };
    },
    async get(reference, signal) {
      return reference === '@last' ? (await newest(1, signal))[0] : one(reference, signal);
    },
    async *watch(signal) {
      const seen = new Map((await newest(100, signal)).map(({ id, state }) => [id, state]));
      for (;;) {
        await delay(pauseMs, undefined, { signal });
        for (const run of await newest(100, signal)) {
          if (seen.get(run.id) !== run.state) yield run;
          seen.set(run.id, run.state);
        }
      }
    },
    async *events(id, { after, follow }, signal) {
      const number = Number(id.slice('build-'.length));
      let seq = after;
      for (;;) {
        const run = await one(id, signal);
        for (const line of await api.log(number, seq, signal)) {
          yield output(id, ++seq, `${line}\n`);
        }
        if (!follow || run === undefined || run.exit !== undefined) return;
        await delay(pauseMs, undefined, { signal });
      }
    },
    actions: [
      {
        name: 'retry',
        summary: 'Build it again',
        key: 'r',
        applies: ({ state }) => state === 'failed',
        async run({ number }, _args, { signal }) {
          return { type: 'task', task: task(await api.retry(number, signal), place) };
        },
      },
    ],
  };
}

const states = { queued: 'submitted', running: 'working', passed: 'completed', failed: 'failed' } as const;

function task({ id, title, branch, status, created, finished }: Run, place: string): Task {
  return {
    id: `build-${id}`,
    number: id,
    source: 'builds',
    place,
    title: `${title} (${branch})`,
    line: title,
    state: states[status],
    attempt: 1,
    createdAt: created,
    ...(finished === undefined ? {} : { endedAt: finished, exit: { code: status === 'passed' ? 0 : 1 } }),
    sandbox: 'none',
    network: 'full',
  };
}

function output(task: string, seq: number, text: string): Event {
  return { seq, at: new Date().toISOString(), task, type: 'output', stream: 'stdout', text };
}
