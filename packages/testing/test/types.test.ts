import {
  definePlugin,
  type Completion,
  type Event,
  type Exit,
  type Outcome,
  type Shell,
} from '@prefish/core';
import { expectTypeOf, test } from 'vitest';
import type { AgentCommand } from '../src/agent/index.ts';
import {
  testShell,
  type Answers,
  type LineResult,
  type Question,
  type TestShell,
  type TestShellOptions,
} from '../src/index.ts';
import type { TestServer } from '../src/server/index.ts';

const plugin = definePlugin({ name: 'typed', api: '^1', setup: () => {} })();

test('a shell takes plugins, placed or not, or a function of its folders', () => {
  expectTypeOf(testShell).returns.resolves.toEqualTypeOf<TestShell>();
  expectTypeOf<TestShell>().toExtend<AsyncDisposable>();
  expectTypeOf({ plugins: [plugin] }).toExtend<TestShellOptions>();
  expectTypeOf({ plugins: [{ plugin, origin: 'a file' }] }).toExtend<TestShellOptions>();
  expectTypeOf({ plugins: () => [plugin] }).toExtend<TestShellOptions>();
  // @ts-expect-error -- a shell without plugins says so with an empty list
  expectTypeOf({}).toExtend<TestShellOptions>();
  // @ts-expect-error -- a factory is no plugin: it wants to be called
  expectTypeOf({ plugins: [() => plugin] }).toExtend<TestShellOptions>();
});

test('answers are a list, an object, a function or a word', () => {
  expectTypeOf([true, 'at once']).toExtend<Answers>();
  expectTypeOf({ 'Delete?': true, How: 'slowly' }).toExtend<Answers>();
  expectTypeOf(({ message }: Question) => message === 'Delete?').toExtend<Answers>();
  expectTypeOf<'defaults' | 'nobody'>().toExtend<Answers>();
  // @ts-expect-error -- a number answers nothing
  expectTypeOf([1]).toExtend<Answers>();
});

test('a result has everything about a line', () => {
  expectTypeOf<TestShell['submit']>().returns.resolves.toEqualTypeOf<LineResult>();
  expectTypeOf<TestShell['command']>().parameter(1).toEqualTypeOf<readonly string[] | undefined>();
  expectTypeOf<TestShell['complete']>().returns.resolves.toEqualTypeOf<readonly Completion[]>();
  expectTypeOf<LineResult['outcome']>().toEqualTypeOf<Outcome | undefined>();
  expectTypeOf<LineResult['error']>().toEqualTypeOf<Error | undefined>();
  expectTypeOf<LineResult['exit']>().toEqualTypeOf<Exit>();
  expectTypeOf<LineResult['events']>().toEqualTypeOf<readonly Event[]>();
  expectTypeOf<TestShell['shell']>().toEqualTypeOf<Shell>();
});

test('an agent is what spawn takes, and a server what teleport takes', () => {
  expectTypeOf<AgentCommand['args']>().toEqualTypeOf<readonly string[]>();
  expectTypeOf<TestServer['teleport']['folders']>().toEqualTypeOf<{
    readonly cache: string;
    readonly data: string;
  }>();
});
