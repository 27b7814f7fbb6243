import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { sandboxHome, type SandboxHome } from '../support/sandbox-home.ts';
import { finished, outputOf, submit, transcript } from '../support/tasks.ts';

needs('bubblewrap');

async function configure(t: SandboxHome, config: object): Promise<void> {
  await mkdir(join(t.prefishHome, 'config'), { recursive: true });
  await writeFile(join(t.prefishHome, 'config', 'prefish.config.json'), JSON.stringify(config));
}

test('what the configuration grants is there, and nothing beside it', async () => {
  await using t = await sandboxHome();
  const { path: cwd } = await t.repository({ a: '1\n' });
  for (const folder of ['data', 'out', 'other']) await mkdir(join(t.home, folder), { recursive: true });
  await writeFile(join(t.home, 'data', 'set'), 'granted\n');
  await configure(t, {
    mounts: ['~/data', { path: '~/out', writable: true }],
    environment: ['DATABASE_URL', 'NOT_SET'],
  });
  const env = { DATABASE_URL: 'postgres://ada:hunter2@db/x', OTHER_URL: 'hidden' };
  const explained = await t.prefish(['explain', '& !true'], { cwd, env });
  expect(explained.stdout).toContain(`mounts   ${join(t.home, 'data')}, ${join(t.home, 'out')} (writable)`);
  expect(explained.stdout).toContain('env      DATABASE_URL, NOT_SET');

  const line =
    '!cat ~/data/set; echo x 2>/dev/null > ~/data/new; echo made > ~/out/new; ls ~; echo $DATABASE_URL $OTHER_URL';
  const id = await submit(t, line, { cwd, env });
  await finished(t, id);
  expect(await outputOf(t, id)).toBe('granted\ndata\nout\npostgres://ada:hunter2@db/x\n');
  expect(await readFile(join(t.home, 'out', 'new'), 'utf8')).toBe('made\n');
});

test('a home is not granted: explain says so, and the line is refused', async () => {
  await using t = await sandboxHome();
  const { path: cwd } = await t.repository({ a: '1\n' });
  await configure(t, { mounts: [t.home] });
  expect((await t.prefish(['explain', '& !true'], { cwd })).stdout).toMatch(/why +mounts: .* is a home/);
  const refused = await t.prefish(['-c', '& !true'], { cwd });
  expect(refused.code).toBe(3);
  expect(refused.stderr).toContain('is a home');
});

test('what tasks may use is configured; a task that takes more fails for it', async () => {
  await using t = await sandboxHome();
  const { path: cwd } = await t.repository({ a: '1\n' });
  await configure(t, { limits: { disk: '20 MB', processes: 200 } });
  const id = await submit(t, '!head -c 60M /dev/urandom > big; sleep 60', { cwd });
  expect(await finished(t, id)).toMatchObject({ state: 'failed', reason: 'disk' });
  expect((await transcript(t, id)).filter(({ type }) => type === 'warning')).toMatchObject([
    { code: 'PREFISH_TASK_LIMIT', message: expect.stringContaining('20 MB') },
    { code: 'PREFISH_TASK_LIMIT', message: expect.stringContaining('none of them was kept') },
  ]);
});
