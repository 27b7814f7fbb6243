import { expect, test } from 'vitest';
import { lightBuiltins } from '../../build/light-builtins.ts';

const rewrite = (code: string): string => (lightBuiltins().renderChunk as (code: string) => string)(code);

test.each([
  ['import { join, resolve as resolve$1 } from "node:path";\njoin("a", "b") + resolve$1("/")', 'a/b/'],
  ['import path, { sep } from "node:path";\npath.join("a", "b") + sep', 'a/b/'],
  ['import * as path from "node:path";\npath.basename("/a/b")', 'b'],
  ['import { createHash as hash, Hash } from "node:crypto";\nhash("md5") instanceof Hash', true],
  [
    'import { constants as flags, stat } from "node:fs/promises";\n`${flags.X_OK} ${typeof stat}`',
    '1 function',
  ],
])('%s works without import', (code, value) => {
  const rewritten = rewrite(code);
  expect(rewritten).not.toContain('import');
  const lines = rewritten.split('\n');
  expect(new Function(`${lines[0]} return ${lines.slice(1).join('\n')};`)()).toBe(value);
});

test('other imports stay', () => {
  const code = 'import { a } from "./a.mjs";\nimport "node:path";\nimport b from "b";';
  expect(rewrite(code)).toBe(code);
});
