import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { needs } from '../../../../test/support/needs.ts';
import { problem } from '../../src/api/description/answers.ts';
import { operations, type Operation } from '../../src/api/description/operations.ts';
import { commitInto } from '../fixtures/server.ts';
import { request } from '../fixtures/request.ts';
import { fromSchema, type JsonSchema } from '../fixtures/from-schema.ts';
import { teamServer } from '../fixtures/team-server.ts';

/** The description of the API, as far as requests are made from it. */
interface Description {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
}
interface Described {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: {
    readonly content: { readonly 'application/json': { readonly schema: JsonSchema } };
  };
}

/** A part of a path: one that leads somewhere, or not. */
const part = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('@last', '1', '2', '3', 'repository1') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('0', '-1', 't', '..', '%00', '%', '%ff', 'a/b', '999999999999999999'),
  },
  { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 40 }).map(encodeURIComponent) },
);

/** A request for one operation: path, query and body. */
function requestFor({ path }: Operation, { parameters = [], requestBody }: Described, fine: () => object) {
  const query = parameters.filter((parameter) => parameter.in === 'query');
  return fc.record({
    path: fc
      .array(part, { minLength: 3, maxLength: 3 })
      .map((values) => path.replaceAll(/\{\w+\}/g, () => values.pop()!)),
    query: fc.record(
      Object.fromEntries(query.map(({ name, schema }) => [name, fromSchema(schema).map(String)])),
      { requiredKeys: [] },
    ),
    body: requestBody === undefined ? fc.constant(undefined) : bodyFrom(requestBody, path, fine),
    accept: fc.constantFrom('application/json', '*/*', 'text/html'),
  });
}

needs('bubblewrap');

/** Bodies from the schema; for a submission also one that is fine but for a part of it. */
function bodyFrom(
  { content }: NonNullable<Described['requestBody']>,
  path: string,
  fine: () => object,
): fc.Arbitrary<string> {
  const { schema } = content['application/json'];
  const changed = fc
    .oneof(
      ...Object.entries(schema.properties ?? {}).map(([name, part]) =>
        fromSchema(part).map((value) => ({ [name]: value })),
      ),
    )
    .map((change) => ({ ...fine(), ...change }));
  return fc.oneof(
    { weight: 8, arbitrary: fromSchema(schema).map((value) => JSON.stringify(value)) },
    { weight: path === '/v1/tasks' ? 16 : 0, arbitrary: changed.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.string() },
  );
}

describe('the API, asked for whatever its description allows and more', () => {
  test('never fails: it answers as described, or with a problem', { timeout: 120_000 }, async () => {
    await using server = await teamServer({ limits: { requests: 1e6 } });
    const { token, client } = await server.member('ada');
    await client.repository('repository1');
    const snapshot = commitInto(join(server.folder, 'repositories', 'ada', 'repository1.git'));
    for (const line of ['!echo hi', '!false', '!sleep 600']) await client.submit(request({ line, snapshot }));
    const described = (await server.ask('/openapi.json')).json<Description & Record<string, unknown>>();
    expect(described.openapi).toBe('3.1.0');

    for (const operation of operations) {
      // Logins have a rate of their own, and a token that is revoked ends the rest.
      if (operation.path === '/v1/logins' || operation.path.endsWith('/tokens/{id}')) continue;
      const { method, path, answers } = operation;
      const asked = requestFor(operation, described.paths[path]![method]!, () =>
        request({ line: '!true', snapshot, options: {} }),
      );
      await fc.assert(
        fc.asyncProperty(asked, async ({ path: target, query, body, accept }) => {
          const search = new URLSearchParams(query as Record<string, string>);
          const answer = await server.ask(`${target}?${search}`, {
            method: method.toUpperCase(),
            token,
            headers: { accept },
            ...(typeof body === 'string' && { body }),
          });
          const seen = `${method} ${target}?${search} ${body} → ${answer.status} ${answer.text.slice(0, 300)}`;
          expect(answer.status, seen).toBeLessThan(500);
          if (answer.status >= 400) {
            expect(answer.headers['content-type'], seen).toBe('application/problem+json');
            expect(problem.safeParse(answer.json()).error, seen).toBeUndefined();
            return;
          }
          expect(Object.keys(answers), seen).toContain(String(answer.status));
          const schema = answers[answer.status];
          if (schema === undefined || answer.headers['content-type'] !== 'application/json') return;
          expect(schema.safeParse(answer.json()).error, seen).toBeUndefined();
        }),
        { numRuns: operation.body === undefined ? 40 : 150 },
      );
    }
    expect(server.logged.filter((line) => line.startsWith('error'))).toEqual([]);
  });
});
