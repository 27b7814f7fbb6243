import { expect, test } from 'vitest';
import { definePlugin } from '../src/index.ts';

const setup = (): void => {};
const bare = { kind: 'prefish.plugin', name: 'notes', api: '^1', setup: expect.any(Function) as unknown };
const schema = {
  '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) },
} as const;

test('a plugin has what its definition says, and its options', () => {
  const plain = definePlugin({ name: 'notes', api: '^1', setup });
  expect(plain()).toStrictEqual({ ...bare, options: undefined });
  const whole = definePlugin({ name: 'notes', api: '^1', version: '2.1.0', options: schema, setup });
  expect(whole({ folder: 'x' })).toStrictEqual({
    ...bare,
    version: '2.1.0',
    schema,
    options: { folder: 'x' },
  });
});
