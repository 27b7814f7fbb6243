import { taskStates } from '@prefish/protocol';
import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import type { Store } from '../store/store.ts';

/** What a server counts, in the words of Prometheus. Nothing of it names an account, a task or a path. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Counter<'method' | 'status'>;
  readonly #unsubscribe: () => void;

  constructor(store: Store) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = new Counter({
      name: 'prefish_http_requests_total',
      help: 'Requests answered, by method and status.',
      labelNames: ['method', 'status'],
      registers,
    });
    const attempts = new Counter({
      name: 'prefish_attempts_total',
      help: 'Attempts at tasks that began.',
      registers,
    });
    const appends = new Counter({
      name: 'prefish_event_appends_total',
      help: 'Groups of events that attempts wrote.',
      registers,
    });
    const ended = new Counter({
      name: 'prefish_tasks_ended_total',
      help: 'Tasks that ended, by state.',
      labelNames: ['state'],
      registers,
    });
    const tasks: Gauge<'state'> = new Gauge({
      name: 'prefish_tasks',
      help: 'Tasks that are kept, by state.',
      labelNames: ['state'],
      registers,
      async collect() {
        const states = await store.states();
        for (const state of taskStates) tasks.set({ state }, states[state] ?? 0);
      },
    });
    const begun = new Map<string, number>();
    this.#unsubscribe = store.onChange(({ id, task }) => {
      if (task === undefined) return appends.inc();
      if (task.endedAt !== undefined) {
        begun.delete(id);
        return ended.inc({ state: task.state });
      }
      if (task.state !== 'working' || begun.get(id) === task.attempt) return undefined;
      begun.set(id, task.attempt);
      return attempts.inc();
    });
  }

  /** Counts an answer. */
  answered(method: string, status: number): void {
    this.#requests.inc({ method: known.has(method) ? method : 'other', status: String(status) });
  }

  async text(): Promise<Response> {
    return new Response(await this.#registry.metrics(), {
      headers: { 'content-type': this.#registry.contentType, 'cache-control': 'no-store' },
    });
  }

  close(): void {
    this.#unsubscribe();
    this.#registry.clear();
  }
}

/** Whatever else a client makes up is counted together. */
const known = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']);
