import type { Task, TaskSource } from '@prefish/core';
import type { Note, NoteStore } from './note-store.ts';

const units = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** When `10m` or `2h` from now is; `undefined` for what is no such time. */
export function timeFromNow(text: string): Date | undefined {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  return unit === undefined
    ? undefined
    : new Date(Date.now() + Number(count) * units[unit as keyof typeof units] * 1000);
}

/** Notes to be reminded of, in the list of tasks: they wait, want attention when they are due, and end when they are done. */
export function reminders(store: () => NoteStore): TaskSource {
  const tasks = (): Task[] => store().reminders().map(task);
  return {
    id: 'reminders',
    title: 'Reminders',
    async list({ state, limit = 100 }) {
      const wanted = tasks().filter((one) => state === undefined || state.includes(one.state));
      return { tasks: wanted.slice(0, limit) };
    },
    async get(reference) {
      const all = tasks();
      return reference === '@last'
        ? all[0]
        : all.find(({ id, number }) => id === reference || String(number) === reference);
    },
    actions: [
      {
        name: 'done',
        summary: 'It is done',
        key: 'x',
        applies: ({ state }) => state !== 'completed',
        run({ number, title }) {
          store().finish(number);
          return { type: 'ok', message: `done: ${title}` };
        },
      },
    ],
  };
}

function task({ id, text, created, due, done }: Note): Task {
  const isDue = due !== null && due <= new Date().toISOString();
  return {
    id: `reminder-${id}`,
    number: id,
    source: 'reminders',
    place: 'notes',
    title: text,
    line: `> ${text}`,
    state: done !== null ? 'completed' : isDue ? 'input-required' : 'submitted',
    reason: `due ${due}`,
    attempt: 1,
    createdAt: created,
    ...(done === null ? {} : { endedAt: done }),
    sandbox: 'none',
    network: 'none',
  };
}
