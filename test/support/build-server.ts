import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Run } from '../../examples/build-server/build-api.ts';
import { until } from './until.ts';

/** A build server on the loopback, whose runs a test may change. */
export class BuildServer implements AsyncDisposable {
  readonly runs: Run[] = [
    { id: 7, title: 'nightly', branch: 'main', status: 'running', created: '2026-01-02T00:00:00Z' },
    {
      id: 6,
      title: 'nightly',
      branch: 'main',
      status: 'failed',
      created: '2026-01-01T00:00:00Z',
      finished: '2026-01-01T00:01:00Z',
    },
  ];
  readonly logs: Map<number, string[]> = new Map([
    [6, ['compiling', 'no space left']],
    [7, ['compiling']],
  ]);
  #lists = 0;
  readonly #http = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const [, id, what] = /^\/api\/runs(?:\/(\d+)\/(\w+))?$/.exec(pathname) ?? [];
    response.setHeader('content-type', 'application/json');
    if (what === 'log') {
      const lines = this.logs.get(Number(id)) ?? [];
      response.end(JSON.stringify(lines.slice(Number(searchParams.get('after')))));
    } else if (what === 'retry' && request.method === 'POST') {
      const { finished: _, ...run } = this.runs.find((run) => run.id === Number(id))!;
      this.runs.unshift({ ...run, id: 8, status: 'queued' });
      response.end(JSON.stringify(this.runs[0]));
    } else {
      this.#lists++;
      response.end(JSON.stringify(this.runs.slice(0, Number(searchParams.get('limit')))));
    }
  });

  async start(): Promise<string> {
    this.#http.listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/api/`;
  }

  /** Resolves when the list was asked for so often from now on. */
  async asked(times: number): Promise<void> {
    const from = this.#lists;
    await until(() => this.#lists >= from + times, 'the list to be asked for');
  }

  add(run: Run): void {
    this.runs.unshift(run);
  }

  pass(id: number): void {
    const index = this.runs.findIndex((run) => run.id === id);
    this.runs[index] = { ...this.runs[index]!, status: 'passed', finished: '2026-01-02T00:01:00Z' };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#http.closeAllConnections();
    this.#http.close();
    await once(this.#http, 'close');
  }
}
