import { type } from 'arktype';
import * as v from 'valibot';
import { expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import {
  defineAction,
  defineCommand,
  definePlugin,
  type Input,
  type Outcome,
  type Plugin,
  type PluginFactory,
  type Route,
  type RunContext,
  type Task,
} from '../../src/index.ts';
import { startShell } from '../start-shell.ts';

const seen: unknown[] = [];

const withZod = definePlugin({
  name: 'with-zod',
  api: '^1',
  options: z.object({ days: z.string().transform(Number), folder: z.string().default('~/notes') }),
  setup({ options }) {
    expectTypeOf(options).toEqualTypeOf<{ days: number; folder: string }>();
    seen.push(options);
  },
});
const withValibot = definePlugin({
  name: 'with-valibot',
  api: '^1',
  options: v.object({ days: v.pipe(v.string(), v.transform(Number)), folder: v.optional(v.string(), '~') }),
  setup({ options }) {
    expectTypeOf(options).toEqualTypeOf<{ days: number; folder: string }>();
    seen.push(options);
  },
});
const withArktype = definePlugin({
  name: 'with-arktype',
  api: '^1',
  options: type({ days: 'string.numeric.parse', folder: "string = '~'" }),
  setup({ options }) {
    expectTypeOf(options.days).toEqualTypeOf<number>();
    expectTypeOf(options.folder).toEqualTypeOf<string>();
    seen.push(options);
  },
});
const allOptional = definePlugin({
  name: 'all-optional',
  api: '^1',
  options: z.object({ folder: z.string().optional() }),
  setup() {},
});
const without = definePlugin({ name: 'without', api: '^1', setup() {} });

test('a factory takes what the schema takes, and setup gets what it makes of that', async () => {
  expectTypeOf(withZod).parameter(0).toEqualTypeOf<{ days: string; folder?: string | undefined }>();
  expectTypeOf(withValibot).parameter(0).toEqualTypeOf<{ days: string; folder?: string | undefined }>();
  expectTypeOf(withArktype).parameter(0).toHaveProperty('days').toEqualTypeOf<string>();
  expectTypeOf(withZod).returns.toEqualTypeOf<Plugin>();
  await using t = await startShell([
    withZod({ days: '3' }),
    withValibot({ days: '4', folder: 'there' }),
    withArktype({ days: '5' }),
  ]);
  expect(t.events).toEqual([]);
  expect(seen).toEqual([
    { days: 3, folder: '~/notes' },
    { days: 4, folder: 'there' },
    { days: 5, folder: '~' },
  ]);
});

test('a required option makes the argument required; optional ones do not', () => {
  expectTypeOf(allOptional).toBeCallableWith();
  expectTypeOf(allOptional).toBeCallableWith({ folder: 'x' });
  expectTypeOf(without).toEqualTypeOf<PluginFactory<undefined>>();
  expectTypeOf(without).toBeCallableWith();
  // @ts-expect-error `days` is required
  withZod();
  // @ts-expect-error it is a string before it is validated
  withZod({ days: 3 });
  // @ts-expect-error it has no options
  without({ folder: 'x' });
});

test.each([
  ['zod', withZod({ days: 3 as never })],
  ['valibot', withValibot({ days: 3 as never })],
  ['arktype', withArktype({ days: 3 as never })],
])('options that do not fit are named by their path (%s)', async (library, plugin) => {
  await using t = await startShell([plugin]);
  expect(t.events).toMatchObject([
    {
      type: 'error',
      code: 'PREFISH_PLUGIN_OPTIONS',
      plugin: `with-${library}`,
      message: expect.stringMatching(/days/),
      hint: expect.any(String),
    },
  ]);
});

const short = { times: { type: 'string', short: 't' } } as const;

test('arguments, hooks and outcomes need no annotations', () => {
  definePlugin({
    name: 'typed',
    api: '^1',
    setup(shell) {
      shell.prefix({
        id: 'typed',
        token: '^',
        summary: '',
        args: {
          name: { type: 'string' },
          wait: { type: 'boolean', default: false },
          carry: { type: 'string', multiple: true },
        },
        run(body, context, args) {
          expectTypeOf(body).toEqualTypeOf<string>();
          expectTypeOf(context).toEqualTypeOf<RunContext>();
          expectTypeOf(args.name).toEqualTypeOf<string | undefined>();
          expectTypeOf(args.wait).toEqualTypeOf<boolean>();
          expectTypeOf(args.carry).toEqualTypeOf<string[] | undefined>();
          // @ts-expect-error there is no such option
          void args.nowhere;
          return { type: 'ok' };
        },
      });
      shell.command({
        name: 'typed',
        summary: '',
        args: { json: { type: 'boolean' } },
        run({ values, positionals }) {
          expectTypeOf(values.json).toEqualTypeOf<boolean | undefined>();
          expectTypeOf(positionals).toEqualTypeOf<readonly string[]>();
          return { type: 'ok' };
        },
      });
      shell.command({
        name: 'tree',
        summary: '',
        subcommands: [
          defineCommand({
            name: 'find',
            summary: '',
            args: { limit: { type: 'string' }, all: { type: 'boolean', short: 'a' } },
            run({ values, positionals }) {
              expectTypeOf(values.limit).toEqualTypeOf<string | undefined>();
              expectTypeOf(values.all).toEqualTypeOf<boolean | undefined>();
              expectTypeOf(positionals).toEqualTypeOf<readonly string[]>();
              // @ts-expect-error there is no such option
              void values.nowhere;
              return { type: 'ok' };
            },
          }),
        ],
        run: () => ({ type: 'ok' }),
      });
      shell.tasks({
        id: 'typed',
        title: 'Typed',
        list: async () => ({ tasks: [] }),
        get: async () => undefined,
        actions: [
          defineAction({
            name: 'restart',
            summary: '',
            args: { clean: { type: 'boolean' } },
            run(task, { values }) {
              expectTypeOf(task).toEqualTypeOf<Task>();
              expectTypeOf(values.clean).toEqualTypeOf<boolean | undefined>();
              return { type: 'ok' };
            },
          }),
        ],
      });
      shell.hooks.input.tap('x', (input) => {
        expectTypeOf(input).toEqualTypeOf<Input>();
        return input;
      });
      shell.hooks.dispatch.tapPromise('x', async (route, context) => {
        expectTypeOf(route).toEqualTypeOf<Route>();
        expectTypeOf(context).toEqualTypeOf<RunContext>();
        return undefined;
      });
      shell.hooks.settled.tap('x', (_route, result) => {
        expectTypeOf(result).toEqualTypeOf<Outcome | Error>();
      });
      // @ts-expect-error plugins tap hooks; only the kernel calls them
      void shell.hooks.input.promise;
      // @ts-expect-error a handler has to return an outcome
      shell.prefix({ id: 'a', token: 'a', summary: '', run() {} });
      // @ts-expect-error there is no such outcome
      shell.prefix({ id: 'b', token: 'b', summary: '', run: () => ({ type: 'done' }) });
      // @ts-expect-error the options of a line are long only
      shell.prefix({ id: 'd', token: 'd', summary: '', args: short, run: () => ({ type: 'ok' }) });
      // @ts-expect-error the summary is for help
      shell.prefix({ id: 'c', token: 'c', run: () => ({ type: 'ok' }) });
    },
  });
});
