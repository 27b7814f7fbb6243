import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { project } from './take-steps.ts';

const changed = { error: 'PREFISH_TRUST_CHANGED' };

test('what was trusted loads: TypeScript, CommonJS, JSON, and what these import', async () => {
  using p = project({
    'prefish.config.ts':
      'import { a } from "./a.mts"; import c from "./c.cjs"; const all: unknown[] = [a, c]; export default all;',
    'a.mts': 'export const a: string = "a";',
    'c.cjs': 'module.exports = [require("./d.json"), require("./lib"), require("./e.cts")]',
    'd.json': '{"d":1}',
    'lib/index.js': 'module.exports = "lib"',
    'e.cts': 'const e: number = 5; module.exports = e;',
  });
  const request = p.request(['prefish.config.ts']);
  const [, granted, loaded] = await p.take(
    ['check', request],
    ['grant', request],
    ['load', p.path('prefish.config.ts')],
  );
  expect(granted).toMatchObject({ value: { files: { 'lib/index.js': expect.any(String) } } });
  expect(loaded).toEqual({ value: ['a', [{ d: 1 }, 'lib', 5]] });
});

test.each([
  ['an imported module', 'main.mjs', 'export { default } from "./part.mjs"', 'part.mjs', 'export default 1'],
  [
    'a module imported later',
    'main.mjs',
    'export default () => import("./part.mjs")',
    'part.mjs',
    'export {}',
  ],
  ['a required module', 'main.cjs', 'module.exports = () => require("./part.cjs")', 'part.cjs', ''],
  ['required JSON', 'main.cjs', 'module.exports = () => require("./part.json")', 'part.json', '{"a":1}'],
  [
    'imported JSON',
    'main.mjs',
    'export default () => import("./part.json", { with: { type: "json" } })',
    'part.json',
    '{"a":1}',
  ],
  ['an addon', 'main.cjs', 'module.exports = () => require("./part.node")', 'part.node', 'no addon'],
  ['WebAssembly', 'main.mjs', 'export default () => import("./part.wasm")', 'part.wasm', '\0asm\x01\0\0\0'],
])(
  '%s is refused once it has changed, in this process and the next',
  async (_, main, code, part, content) => {
    using p = project({ [main]: code, [part]: content });
    const request = p.request([main]);
    const change = ['write', p.path(part), `${content} `] as const;
    const use = [main.endsWith('cjs') || code.includes('=>') ? 'call' : 'load', p.path(main)] as const;
    const [granted, , used, checked] = await p.take(['grant', request], change, use, [
      'check',
      { ...request, effects: [] },
    ]);
    expect(granted).toMatchObject({ value: { files: { [part]: expect.any(String) } } });
    expect(used).toMatchObject({ ...changed, message: expect.stringContaining(p.path(part)) });
    expect(checked).toEqual({ value: 'changed' });
  },
);

test('what no scan can find is refused, until it is named', async () => {
  using p = project({
    'main.mjs': 'export default (name) => import("./" + "computed.mjs")',
    'computed.mjs': 'export default 1',
  });
  const request = p.request(['main.mjs']);
  const steps = [
    ['grant', request],
    ['call', p.path('main.mjs')],
  ] as const;
  expect((await p.take(...steps))[1]).toMatchObject(changed);
  const added = { ...request, added: [p.path('computed.mjs')] };
  expect((await p.take(['grant', added], ['call', p.path('main.mjs')]))[1]).toMatchObject({ value: {} });
  // It stays named when the folder is trusted anew.
  p.write({ 'computed.mjs': 'export default 2' });
  expect(await p.take(['check', request], ['call', p.path('main.mjs')])).toMatchObject([
    { value: 'trusted' },
    changed,
  ]);
  expect((await p.take(...steps))[1]).toMatchObject({ value: {} });
});

test('installed packages, other folders and what the user named load unchecked', async () => {
  using p = project({
    'main.mjs': 'import "./node_modules/dep/index.mjs"; export default 1',
    'node_modules/dep/index.mjs': 'export default 2',
    'mine.mjs': 'export { default } from "./mine-too.mjs"',
    'mine-too.mjs': 'export default 3',
    '../elsewhere.mjs': 'export default 4',
  });
  const results = await p.take(
    ['grant', p.request(['main.mjs'])],
    ['load', p.path('node_modules/dep/index.mjs')],
    ['load', p.path('../elsewhere.mjs')],
    ['exempt', p.path('mine.mjs')],
    ['load', p.path('mine.mjs')],
    ['exempt', p.path('nothing.mjs')],
  );
  expect(results[0]).toMatchObject({ value: { files: { 'main.mjs': expect.any(String) } } });
  expect(results[0]!.value).not.toHaveProperty(['files', 'node_modules/dep/index.mjs']);
  expect(results.map(({ value }) => value).slice(1)).toEqual([2, 4, undefined, 3, undefined]);
});

test('a module of the workspace is no installed package, though node_modules links to it', async () => {
  using p = project({
    'main.mjs': 'export { default } from "part"',
    'packages/part/package.json': '{"name":"part","exports":"./index.mjs"}',
    'packages/part/index.mjs': 'export default 1',
  });
  mkdirSync(p.path('node_modules'));
  symlinkSync('../packages/part', p.path('node_modules/part'));
  const request = p.request(['main.mjs']);
  const part = p.path('packages/part/index.mjs');
  const results = await p.take(['grant', request], ['write', part, 'export default 2'], ['load', part]);
  expect(results[0]).toMatchObject({ value: { files: { 'packages/part/index.mjs': expect.any(String) } } });
  expect(results[2]).toMatchObject(changed);
});

test('a file outside of the root that a module imports is named, and guarded too', async () => {
  using p = project({
    'main.mjs': 'export { default } from "./link.mjs"',
    '../outside.mjs': 'export default 1',
  });
  symlinkSync('../outside.mjs', p.path('link.mjs'));
  const outside = join(p.root, '..', 'outside.mjs');
  const [granted, , loaded] = await p.take(
    ['grant', p.request(['main.mjs'])],
    ['write', outside, 'export default 2'],
    ['load', p.path('main.mjs')],
  );
  expect(granted).toMatchObject({
    value: { effects: [expect.any(String), `load ${outside}, outside of the folder`] },
  });
  expect(loaded).toMatchObject({ ...changed, message: expect.stringContaining(outside) });
});

test('nothing of a folder loads once its trust was taken back', async () => {
  using p = project({ 'main.mjs': 'export default 1' });
  const results = await p.take(
    ['grant', p.request(['main.mjs'])],
    ['revoke', p.root],
    ['load', p.path('main.mjs')],
    ['check', { ...p.request(['main.mjs']) }],
  );
  expect(results.slice(1)).toMatchObject([{ value: true }, changed, { value: 'unknown' }]);
});
