import { expect, test } from 'vitest';
import { importsOf } from '../../src/trust/imports-of.ts';

const specifiers = (source: string, path = '/x/a.mjs'): string[] => [
  ...new Set(importsOf(source, path).map(({ specifier }) => specifier)),
];

test.each([
  ['import "a"', ['a']],
  ['import a, { b } from "a"; import * as c from "c"', ['a', 'c']],
  ['export { a } from "a"; export * from "b"; export * as c from "c"', ['a', 'b', 'c']],
  ['import data from "a.json" with { type: "json" }', ['a.json']],
  ['const a = await import("a"); import(`b`)', ['a', 'b']],
  ['import("a" + 1); import(`${"a"}`); require(name)', []],
  ['if (x) { module.require("a") } require.resolve("b")', ['a', 'b']],
  ['export default { plugins: ["./a.ts", ["../b.ts", {}], `./c.ts`, "d"] }', ['./a.ts', '../b.ts', './c.ts']],
  ['// import "a"\nconst text = "import \'a\'"', []],
])('%s', (source, expected) => {
  expect(specifiers(source)).toEqual(expected);
});

test('types are taken away first, and what only types import with them', () => {
  const source = 'import type { A } from "a"; import { type B, c } from "c"; let x: A = c as B satisfies B;';
  expect(specifiers(source, '/x/a.ts')).toEqual(['c']);
});

test('CommonJS may return from a module', () => {
  expect(specifiers('#!/usr/bin/env node\nreturn require("a")', '/x/a.cjs')).toEqual(['a']);
  expect(() => specifiers('return 1')).toThrow(SyntaxError);
});
