import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, describe, expect, test } from 'vitest';

interface Manifest {
  name: string;
  files: string[];
  dependencies?: Record<string, string>;
  publishConfig: { access: string; exports?: object };
  [field: string]: unknown;
}

const workspace = join(import.meta.dirname, '..', '..');
const folders = ['packages', 'plugins']
  .flatMap((group) => readdirSync(join(workspace, group)).map((name) => join(group, name)))
  .filter((folder) => folder !== join('packages', 'web'));
const packed = mkdtempSync(join(tmpdir(), 'prefish-packed-'));
afterAll(() => rmSync(packed, { recursive: true, force: true }));

describe.each(folders)('%s', (folder) => {
  const source = join(workspace, folder);
  const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as Manifest;

  test('says what a registry needs to know', () => {
    expect(manifest).toMatchObject({
      version: expect.any(String),
      description: expect.stringMatching(/\.$/),
      license: 'MIT',
      type: 'module',
      engines: { node: '^22.19 || >=24' },
      repository: { directory: folder },
      publishConfig: { access: 'public' },
    });
    expect(existsSync(join(source, 'LICENSE'))).toBe(true);
  });

  test('is built into what its manifest promises', async () => {
    const copy = join(packed, folder);
    execFileSync(join(workspace, 'node_modules', '.bin', 'tsdown'), ['--out-dir', join(copy, 'dist')], {
      cwd: source,
      stdio: 'pipe',
    });
    for (const file of manifest.files)
      if (file !== 'dist') cpSync(join(source, file), join(copy, file), { recursive: true });
    const { publishConfig, ...published } = manifest;
    writeFileSync(
      join(copy, 'package.json'),
      JSON.stringify({ ...published, ...(publishConfig.exports && { exports: publishConfig.exports }) }),
    );
    const { messages } = await publint({ pkgDir: copy, pack: false, level: 'warning' });
    // The manifest of the template becomes the root of another package.
    const own = messages.filter(({ code }) => code !== 'NESTED_PACKAGE_JSON_FIELD_IGNORED');
    expect(own.map((message) => formatMessage(message, published as never))).toEqual([]);
  });
});
