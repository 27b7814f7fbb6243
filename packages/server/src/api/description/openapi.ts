import * as z from 'zod/mini';
import { problem } from './answers.ts';
import { operations, type Operation } from './operations.ts';

/** The description of the API, as OpenAPI 3.1 has it: made from the schemas that requests are checked by. */
export function describeApi(version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) {
    (paths[operation.path] ??= {})[operation.method] = describe(operation);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'prefish',
      version,
      description:
        'A server that runs lines in sandboxed copies of repositories. Snapshots come and results go by git.',
    },
    paths,
    components: {
      schemas: { Problem: schemaOf(problem) },
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'From prefish login, on a server with accounts.',
        },
      },
    },
  };
}

function describe({
  path,
  summary,
  open,
  query = {},
  body,
  bodyOptional,
  answers,
  also = [],
}: Operation): object {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(query).map(([name, schema]) => ({ name, in: 'query', schema }));
  const responses = Object.entries(answers).map(([status, schema]) => [
    status,
    {
      description: summary,
      ...contentOf([
        ...(schema === undefined ? [] : [['application/json', { schema: schemaOf(schema) }] as const]),
        ...(status.startsWith('2') ? also.map((type) => [type, {}] as const) : []),
      ]),
    },
  ]);
  return {
    summary,
    security: open === true ? [] : [{ token: [] }],
    ...(inPath.length + inQuery.length > 0 && { parameters: [...inPath, ...inQuery] }),
    ...(body !== undefined && {
      requestBody: {
        required: bodyOptional !== true,
        content: { 'application/json': { schema: schemaOf(body) } },
      },
    }),
    responses: {
      ...Object.fromEntries(responses),
      default: {
        description: 'What went wrong',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function contentOf(entries: readonly (readonly [string, object])[]): object {
  return entries.length === 0 ? {} : { content: Object.fromEntries(entries) };
}

/** A schema as JSON Schema 2020-12, which OpenAPI 3.1 uses; what it has no words for is left open. */
function schemaOf(schema: z.ZodMiniType): object {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return described;
}
