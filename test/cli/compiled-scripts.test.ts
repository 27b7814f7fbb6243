import { readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sandboxHome, type SandboxHome } from '../support/sandbox-home.ts';

/** What V8 has compiled of the scripts of the bundle, by the names of their files: when it was written, and how long it is. */
async function kept({ prefishHome }: SandboxHome): Promise<Record<string, string>> {
  const folder = join(prefishHome, 'cache', 'compile');
  const files = await readdir(folder, { recursive: true });
  const entries = files.map(async (file): Promise<[string, string]> => {
    const { mtimeMs, size } = await stat(join(folder, file));
    return [file, `${mtimeMs} ${size}`];
  });
  return Object.fromEntries((await Promise.all(entries)).filter(([file]) => file.endsWith('.js')));
}

test('what is compiled of the scripts is kept once, and again where it was cut off', async () => {
  await using home = await sandboxHome({ compilesAnew: true });
  const run = async (): Promise<void> => {
    const { code, stdout, stderr } = await home.prefish(['-c', '!echo hi']);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'hi\n', stderr: '' });
  };
  await run();
  const first = await kept(home);
  const names = Object.keys(first).map((file) => file.replace(/.*\/(.*)-\w+\.js$/, '$1'));
  expect(names.sort()).toEqual(['base', 'kernel', 'rolldown-runtime']);

  await run();
  expect(await kept(home)).toEqual(first);

  const kernel = Object.keys(first).find((file) => file.includes('kernel'))!;
  await truncate(join(home.prefishHome, 'cache', 'compile', kernel), 100_000);
  await run();
  const mended = await kept(home);
  expect(mended[kernel]).toMatch(/ \d{6,}$/);
  expect(mended[kernel]).not.toMatch(/ 100000$/);
});

test('a start keeps nothing where it has no cache, and works', async () => {
  await using home = await sandboxHome({ compilesAnew: true });
  const run = await home.prefish(['-c', '!echo hi'], { env: { NODE_DISABLE_COMPILE_CACHE: '1' } });
  expect(run).toMatchObject({ code: 0, stdout: 'hi\n', stderr: '' });
  expect(await kept(home).catch(() => ({}))).toEqual({});
});

test('Node has nothing to warn of', async () => {
  await using home = await sandboxHome({ compilesAnew: true });
  const { code, stderr } = await home.prefish(['tasks', 'ls'], { env: { PREFISH_DEBUG: '1' } });
  expect(code).toBe(0);
  expect(stderr).not.toContain('Warning');
});
