import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import * as fc from '../../../../test/support/fast-check.ts';
import { needs } from '../../../../test/support/needs.ts';
import type { RunAttempt } from '../../src/worker/attempt.ts';
import { fromSchema, type JsonSchema } from '../fixtures/from-schema.ts';
import { request } from '../fixtures/request.ts';
import { commitInto } from '../fixtures/server.ts';
import { oddBody, type SentBody } from '../fixtures/odd-body.ts';
import { teamServer, type TeamAnswer } from '../fixtures/team-server.ts';
import { until } from '../fixtures/until.ts';

/** The description of the API, as the server gives it. */
interface Description {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}
interface Operation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: {
    readonly content: { readonly 'application/json': { readonly schema: JsonSchema } };
  };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { schema?: object }>> }>
  >;
}

/** A request that somebody might send. */
interface MadeUp {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: SentBody | undefined;
}

needs('bubblewrap');

describe('the API, asked for whatever its description allows and more', () => {
  test('never fails: it answers as described, or with a problem', async () => {
    // Lines are made up too, and run by nobody.
    const run: RunAttempt = async ({ request: { line } }, log, _input, signal) => {
      await log.started('bwrap');
      if (line === '!wait' && !signal.aborted) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      }
      return { exit: { code: line === '!false' ? 1 : 0 } };
    };
    const limits = { requests: 1e6, tasks: 1e6, repositories: 1e6 };
    await using server = await teamServer({ limits }, { run, concurrency: 4 });
    const bob = await server.member('bob');
    await bob.client.repository('bobsrepo1');
    const others = commitInto(join(server.folder, 'repositories', 'bob', 'bobsrepo1.git'));
    const his = await bob.client.submit(
      request({
        line: '!wait',
        title: 'for the eyes of bob',
        repo: 'bobsrepo1',
        snapshot: others,
        options: {},
      }),
    );

    const { token, client } = await server.member('ada');
    await client.repository('repository1');
    const snapshot = commitInto(join(server.folder, 'repositories', 'ada', 'repository1.git'));
    const fine = (): object => request({ line: '!true', snapshot, options: {} });
    const own: string[] = [];
    for (const line of ['!true', '!false', '!wait']) {
      own.push((await client.submit(request({ line, snapshot, options: {} }))).id);
    }
    await until(async () => (await client.get('2')).endedAt !== undefined);
    const described = (await server.ask('/openapi.json')).json<Description & Record<string, unknown>>();
    expect(described.openapi).toBe('3.1.0');
    const problem = z.fromJSONSchema(described.components.schemas['Problem'] as z.core.JSONSchema.JSONSchema);

    const made = requestsFor(described, {
      own,
      others: [his.id, 'bobsrepo1'],
      fine,
      snapshots: [snapshot, others],
    });
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(made, async ({ operation, sent }) => {
        const { method, target, headers, body } = sent;
        const answer = await server.ask(target, {
          method,
          token,
          headers: { ...headers, ...body?.headers },
          ...(body !== undefined && { body: body.bytes }),
        });
        const seen = `${method} ${target} ${JSON.stringify(headers)} ${body?.bytes.toString().slice(0, 500)} → ${answer.status} ${answer.text.slice(0, 300)}`;
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        expect(answer.text, seen).not.toContain(his.title);
        if (answer.status >= 400) checkProblem(answer, problem, seen);
        else checkAnswer(answer, operation, seen);
      }),
      { numRuns: 1000 },
    );

    // Others have what they had, nothing went wrong unseen, and the server is well.
    expect(await bob.client.get(his.id)).toMatchObject({ state: 'working', line: '!wait' });
    expect((await bob.client.list()).tasks).toHaveLength(1);
    expect(server.logged.filter((line) => line.startsWith('error'))).toEqual([]);
    expect((await server.ask('/readyz')).status).toBe(200);
    const { tasks } = await client.list({
      state: ['submitted', 'working', 'input-required'],
      limit: 1000,
    });
    for (const task of tasks) await client.cancel(task.id);
    const { id } = await client.submit(request({ line: '!true', snapshot, options: {} }));
    await until(async () => (await client.get(id)).state === 'completed');
    // It was neither all refused nor all taken.
    for (const status of [200, 400, 404]) expect(statuses.get(status), String(status)).toBeGreaterThan(0);
  });
});

function checkProblem(answer: TeamAnswer, problem: z.ZodType, seen: string): void {
  expect(answer.status, seen).toBeLessThan(500);
  expect(answer.headers['content-type'], seen).toBe('application/problem+json');
  expect(problem.safeParse(answer.json()).error, seen).toBeUndefined();
  expect(answer.json()['status'], seen).toBe(answer.status);
}

function checkAnswer(answer: TeamAnswer, { responses }: Operation, seen: string): void {
  const response = responses[answer.status];
  expect(Object.keys(responses), seen).toContain(String(answer.status));
  const type = String(answer.headers['content-type'] ?? '').split(';')[0]!;
  if (answer.text === '' && type === '') return;
  expect(Object.keys(response?.content ?? {}), seen).toContain(type);
  const schema = response?.content?.[type]?.schema;
  if (schema === undefined || type !== 'application/json') return;
  const checked = z.fromJSONSchema(schema as z.core.JSONSchema.JSONSchema).safeParse(answer.json());
  expect(checked.error, seen).toBeUndefined();
}

/** What requests may name. */
interface Names {
  readonly own: readonly string[];
  readonly others: readonly string[];
  readonly snapshots: readonly string[];
  /** A submission that is taken. */
  readonly fine: () => object;
}

function requestsFor(
  { paths }: Description,
  names: Names,
): fc.Arbitrary<{ readonly operation: Operation; readonly sent: MadeUp }> {
  const all = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ path, method, operation })),
  );
  return fc.oneof(
    ...all.map(({ path, method, operation }) => ({
      // Submissions have the most to get wrong.
      weight: path === '/v1/tasks' && method === 'post' ? 12 : operation.requestBody === undefined ? 1 : 4,
      arbitrary: requestFor(path, method, operation, names).map((sent) => ({ operation, sent })),
    })),
  );
}

function requestFor(path: string, method: string, operation: Operation, names: Names): fc.Arbitrary<MadeUp> {
  const { parameters = [], requestBody } = operation;
  // A part of a path: one that leads somewhere, or not.
  const part = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('@last', '1', '2', '3', 'repository1', ...names.own) },
    { weight: 2, arbitrary: fc.constantFrom(...names.others) },
    { weight: 1, arbitrary: fc.constantFrom('0', '-1', 't', '..', '%00', '%', '%ff', 'a/b', '9'.repeat(18)) },
    {
      weight: 1,
      arbitrary: fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }).map(encodeURIComponent),
    },
  );
  const query = fc.array(
    fc.oneof(
      ...parameters
        .filter((parameter) => parameter.in === 'query')
        .map(({ name, schema }) => fromSchema(schema).map((value) => [name, String(value)] as const)),
      fc.tuple(fc.constantFrom('after', 'limit', 'live', '__proto__'), fc.string()),
    ),
    { maxLength: 4 },
  );
  const headers = fc.record(
    {
      accept: fc.constantFrom('application/json', '*/*', 'text/html', 'text/event-stream', ';;q=', '\u00ff'),
      'last-event-id': fc.constantFrom('0', '2', '-1', '9'.repeat(30), 'x'),
      'if-none-match': fc.constant('*'),
      range: fc.constantFrom('bytes=0-0', 'bytes=9-1'),
    },
    { requiredKeys: [] },
  );
  return fc.record({
    method: fc.constant(method.toUpperCase()),
    target: fc.tuple(fc.array(part, { minLength: 3, maxLength: 3 }), query).map(([values, words]) => {
      const filled = path.replaceAll(/\{\w+\}/g, (_name, at: number) => values[at % values.length]!);
      // A login that is revoked ends the rest.
      const target = filled.replace(/tokens\/.*/, 'tokens/0123456789abcdef');
      return words.length === 0 ? target : `${target}?${new URLSearchParams(words.map((each) => [...each]))}`;
    }),
    headers,
    body:
      requestBody === undefined
        ? fc.option(
            oddBody({}, () => ({})),
            { nil: undefined, freq: 3 },
          )
        : oddBody(
            requestBody.content['application/json'].schema,
            path === '/v1/tasks' ? names.fine : () => ({}),
          ),
  });
}
