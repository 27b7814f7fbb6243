import { execFile } from 'node:child_process';
import { cp, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { command, sandboxHome } from '../support/sandbox-home.ts';

test('whose modules are gone while it starts, as in an update, says so and ends', async () => {
  await using t = await sandboxHome();
  const from = dirname(dirname(command));
  const to = join(t.root, 'installed');
  for (const name of ['bin', 'dist', 'package.json']) {
    await cp(join(from, name), join(to, name), { recursive: true });
  }
  const modules = await readdir(join(to, 'dist'));
  for (const name of modules.filter((file) => /^(lines|report-failure)\b/.test(file))) {
    await rm(join(to, 'dist', name));
  }
  const options = { cwd: t.home, env: t.env, timeout: 20_000, killSignal: 'SIGKILL' } as const;
  const run = await new Promise<{ code: unknown; stderr: string }>((resolve) =>
    execFile(process.execPath, [join(to, 'bin', 'prefish.js'), '-c', '!true'], options, (error, _, stderr) =>
      resolve({ code: error?.code, stderr }),
    ),
  );
  expect(run).toEqual({ code: 1, stderr: expect.stringMatching(/^prefish: Cannot find module/) });
});
