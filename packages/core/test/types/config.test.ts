import { expectTypeOf, test } from 'vitest';
import { defineConfig, definePlugin } from '../../src/index.ts';

const notes = definePlugin({ name: 'notes', api: '^1', setup() {} });

test('a configuration keeps its literals, and takes nothing that does not belong there', () => {
  const config = defineConfig({
    plugins: [notes(), './local.ts', ['prefish-plugin-x', { size: 3 }], ['@prefish/plugin-memory', false]],
    prefixes: { shell: '$', memory: false, teleport: ['&', '>>'] },
    network: 'none',
  });
  expectTypeOf(config.prefixes.shell).toEqualTypeOf<'$'>();
  expectTypeOf(config.network).toEqualTypeOf<'none'>();
  // @ts-expect-error a token is a string
  defineConfig({ prefixes: { shell: 3 } });
  // @ts-expect-error no such network
  defineConfig({ network: 'some' });
  // @ts-expect-error a factory has to be called
  defineConfig({ plugins: [notes] });
});
