import {
  definePlugin,
  PrefishError,
  type Event,
  type EventBody,
  type Plugin,
  type Task,
} from '@prefish/core';
import type { TaskSource } from '@prefish/core';
import { isFinal, type KeptFile } from '@prefish/protocol';

const epoch = Date.parse('2026-01-01T00:00:00.000Z');

/** As of the server. */
const mostListed = 1000;

/** A source whose tasks live in memory; what it is told, it tells. */
export class MemorySource implements TaskSource {
  readonly id: string;
  readonly title: string;
  readonly tasks: Task[] = [];
  readonly log: string[] = [];
  /** What was kept of tasks, by their ids. */
  readonly kept: Map<string, readonly KeptFile[]> = new Map();
  readonly #events = new Map<string, Event[]>();
  /** Thrown by every question while it is set. */
  failure: Error | undefined;
  /** Whether it tells how many tasks it has. */
  counted = false;
  /** How many questions have failed. */
  failed = 0;
  /** How many watch it. */
  watchers = 0;
  #changed = Promise.withResolvers<void>();

  constructor(id = 'memory', title = 'Local sessions') {
    this.id = id;
    this.title = title;
  }

  readonly files = async (id: string): Promise<readonly KeptFile[]> => this.kept.get(id) ?? [];

  readonly actions: TaskSource['actions'] = [
    {
      name: 'get',
      summary: 'Fetch what was kept',
      applies: ({ id }) => this.kept.has(id),
      run: () => ({ type: 'ok' }),
    },
    {
      name: 'cancel',
      summary: 'End it',
      key: 'x',
      applies: ({ state }) => !isFinal(state),
      run: (task) => {
        if (isFinal(task.state)) throw new PrefishError('PREFISH_TASK_STATE', `${task.id} has ended`);
        this.change(task.id, { state: 'canceled', endedAt: new Date(epoch + 90_000).toISOString() });
        return { type: 'ok', data: this.find(task.id), message: `canceled ${task.number}` };
      },
    },
    {
      name: 'diff',
      summary: 'What it changed',
      key: 'd',
      applies: ({ state }) => state === 'completed',
      run: () => ({
        type: 'ok',
        data: { files: [], patch: '' },
        message: Array.from({ length: 50 }, (_, line) => `+line ${line}`).join('\n'),
      }),
    },
    {
      name: 'apply',
      summary: 'Bring its work home',
      args: { branch: { type: 'string' } },
      run: (task, { values }, { out }) => {
        this.log.push(`apply ${task.id} ${JSON.stringify(values)}`);
        out.line('printed by apply');
        return { type: 'ok', data: { applied: true }, message: 'applied' };
      },
    },
    {
      name: 'send',
      summary: 'Say something to it',
      positionals: [{ name: 'TEXT', variadic: true }],
      applies: ({ state }) => !isFinal(state),
      run: (task, { positionals }) => {
        this.log.push(`send ${task.id} ${JSON.stringify(positionals)}`);
        return { type: 'ok', message: 'sent' };
      },
    },
    {
      name: 'answer',
      summary: 'Answer what it asks',
      positionals: [{ name: 'QUESTION' }, { name: 'TEXT', variadic: true }],
      applies: ({ state }) => !isFinal(state),
      run: (task, { positionals }) => {
        const [id, choice] = positionals;
        this.say(task.id, { type: 'answer', id: id!, choice: choice!, by: 'user' });
        this.change(task.id, { state: 'working' });
        return { type: 'ok', message: `answered ${choice}` };
      },
    },
    {
      name: 'rm',
      summary: 'Forget it',
      key: 'D',
      applies: ({ state }) => isFinal(state),
      confirm: ({ title }) => `Forget ${title}?`,
      run: (task) => {
        this.tasks.splice(this.tasks.indexOf(this.find(task.id)!), 1);
        this.#tell();
        return { type: 'ok', message: `${task.number} removed` };
      },
    },
    {
      name: 'undo',
      summary: 'Take it back',
      applies: ({ result }) => result !== undefined,
      run: (task) => ({ type: 'ok', data: { undone: task.id }, message: `undone ${task.number}` }),
    },
  ];

  add(task: Partial<Task> = {}): Task {
    const number = this.tasks.length + 1;
    const at = new Date(epoch + number * 1000).toISOString();
    const added: Task = {
      id: `t${'abcdefghjk'[number % 10]}${number}`,
      number,
      source: this.id,
      place: 'this machine',
      title: `task ${number}`,
      line: '!npm test',
      state: 'working',
      attempt: 1,
      createdAt: at,
      startedAt: at,
      sandbox: 'bwrap',
      network: 'full',
      ...task,
    };
    this.tasks.unshift(added);
    this.#tell();
    return added;
  }

  change(id: string, change: Partial<Task>): void {
    const index = this.tasks.findIndex((task) => task.id === id);
    this.tasks[index] = { ...this.tasks[index]!, ...change };
    this.#tell();
  }

  say(id: string, ...bodies: EventBody[]): void {
    const events = this.#events.get(id) ?? [];
    for (const body of bodies) {
      events.push({ seq: events.length + 1, at: new Date(epoch).toISOString(), task: id, ...body });
    }
    this.#events.set(id, events);
    this.#tell();
  }

  find(id: string): Task | undefined {
    return this.tasks.find((task) => task.id === id);
  }

  async list(
    { limit = 50, cursor, state, counts }: Parameters<TaskSource['list']>[0],
    signal: AbortSignal,
  ): ReturnType<TaskSource['list']> {
    await new Promise(setImmediate);
    signal.throwIfAborted();
    this.#failIfTold();
    if (limit > mostListed) throw new Error(`limit: at most ${mostListed}`);
    const from = Number(cursor ?? 0);
    const wanted = this.tasks.filter((task) => state === undefined || state.includes(task.state));
    const tasks = wanted.slice(from, from + limit);
    const active = (): number => wanted.filter((task) => !isFinal(task.state)).length;
    return {
      tasks,
      ...(from + limit < wanted.length ? { next: String(from + limit) } : {}),
      ...(counts === true && this.counted ? { counts: { total: wanted.length, active: active() } } : {}),
    };
  }

  async get(reference: string): Promise<Task | undefined> {
    this.#failIfTold();
    if (reference === '@last') return this.tasks[0];
    const named = ({ id, number }: Task): boolean => id === reference || String(number) === reference;
    return this.tasks.find(named) ?? this.tasks.find(({ id }) => id.startsWith(reference));
  }

  async *watch(signal: AbortSignal): AsyncIterable<Task> {
    const aborted = whenAborted(signal);
    this.watchers++;
    try {
      for (;;) {
        const { promise } = this.#changed;
        await Promise.race([promise, aborted]);
        if (signal.aborted) return;
        if (this.tasks[0] !== undefined) yield this.tasks[0];
      }
    } finally {
      this.watchers--;
    }
  }

  async *events(
    id: string,
    { after, follow }: { after: number; follow: boolean },
    signal: AbortSignal,
  ): AsyncIterable<Event> {
    const aborted = whenAborted(signal);
    let next = after;
    for (;;) {
      const { promise } = this.#changed;
      const events = this.#events.get(id) ?? [];
      while (next < events.length) yield events[next++]!;
      const task = this.find(id);
      if (!follow || task === undefined || isFinal(task.state)) return;
      await Promise.race([promise, aborted]);
      signal.throwIfAborted();
    }
  }

  plugin(): Plugin {
    return definePlugin({
      name: `plugin-of-${this.id}`,
      api: '^1',
      setup: (shell) => shell.tasks(this),
    })();
  }

  #failIfTold(): void {
    if (this.failure === undefined) return;
    this.failed++;
    throw this.failure;
  }

  #tell(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** A source of one ended task, behind which it lists 150,000 on one page: more than a call takes as its arguments. */
export function flooding(): MemorySource {
  const source = new MemorySource();
  const task = source.add({ state: 'completed' });
  const flood = Array.from({ length: 150_000 }, () => task);
  return Object.assign(source, {
    list: async ({ cursor }: Parameters<TaskSource['list']>[0]) =>
      cursor === undefined ? { tasks: [task], next: 'flood' } : { tasks: flood },
  });
}
