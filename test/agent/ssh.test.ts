import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Task } from '@prefish/protocol';
import { expect, test } from 'vitest';
import { bundledAgent } from '../support/bundled-agent.ts';
import { needs } from '../support/needs.ts';
import { processesWithEnvironment } from '../support/processes.ts';
import { ended, sandboxHome, type Run } from '../support/sandbox-home.ts';
import { connectionsOf, sshHost, type SshHost } from '../support/ssh-host.ts';
import { until } from '../support/until.ts';

needs('sshd', 'bubblewrap');

const name = 'fake-agent';

/** Puts an agent on the PATH here and there: it is asked for by its name, and lies elsewhere on each. */
async function installAgent(file: string, host: SshHost): Promise<void> {
  const there = join(host.home, '.local', 'bin');
  for (const bin of [there, host.env['PATH']!.split(':')[0]!]) {
    await writeFile(join(bin, `${name}.mjs`), await readFile(file));
    const script = `#!/bin/sh\nexec node "$(dirname "$0")/${name}.mjs"\n`;
    await writeFile(join(bin, name), script, { mode: 0o755 });
  }
  const path = `PATH="${there}:${dirname(process.execPath)}:$PATH"\n`;
  await writeFile(join(host.home, '.profile'), path);
}

test('a message for an agent on another machine: asked, told more and answered through a tunnel that is cut, and cancelled', async () => {
  await using bundled = await bundledAgent();
  await using home = await sandboxHome();
  await using host = await sshHost(home);
  await host.install();
  await installAgent(bundled.file, host);
  await mkdir(join(home.prefishHome, 'config'), { recursive: true });
  const settings = {
    agent: { command: name, args: [], model: 'none' },
    plugins: [['@prefish/plugin-agent', { tasks: { permissions: 'ask' } }]],
  };
  await writeFile(join(home.prefishHome, 'config', 'prefish.config.json'), JSON.stringify(settings));
  const repository = await home.repository({ 'a.txt': 'a\n' });
  const here = { cwd: repository.path, env: host.env };
  const start = (...args: readonly string[]): Promise<Run> =>
    ended(home.spawn(['--server', host.url, ...args], here), args);
  const submit = async (message: string): Promise<string> =>
    (await start('--json', '-c', `& ${message}`)).events()[0]!.task!;
  const show = async (id: string): Promise<Task> => (await start('tasks', 'show', id, '--json')).json();

  const asking = await submit('say hello\nedit a.txt <<changed\nask Go on?\nrun echo done');
  const hanging = await submit('say hm\nrun sleep 600');
  await until(async () => (await show(asking)).state === 'input-required', 'the question');
  const followed = start('tasks', 'logs', asking, '-f');
  const connections = await until(async () => {
    const found = await connectionsOf(home, host);
    return found.length > 0 && found;
  }, 'the tunnel');
  for (const pid of connections) process.kill(pid, 'SIGKILL');

  expect(await start('tasks', 'send', asking, 'say as well')).toMatchObject({ code: 0 });
  expect(await start('tasks', 'answer', asking, '1')).toMatchObject({ code: 0 });
  expect(await start('tasks', 'wait', asking, '--timeout', '40')).toMatchObject({ code: 0 });
  const { code, stdout } = await followed;
  expect({ code, stdout }).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/hello\n[^]*Go on\?[^]*as well\n/),
  });
  expect(stdout.match(/^hello$/gm)).toHaveLength(1);
  expect((await start('tasks', 'diff', asking, '--json')).json()).toMatchObject({
    files: [{ path: 'a.txt' }],
  });
  expect(await start('tasks', 'apply', asking)).toMatchObject({ code: 0 });
  expect(await readFile(join(repository.path, 'a.txt'), 'utf8')).toBe('changed\n');

  const mark = `PREFISH_TASK_ATTEMPT=${hanging}/1`;
  await until(async () => (await processesWithEnvironment(mark)).length > 0, 'the other to run');
  expect(await start('tasks', 'cancel', hanging)).toMatchObject({ code: 0 });
  expect(await show(hanging)).toMatchObject({ state: 'canceled' });
  expect(await processesWithEnvironment(mark)).toEqual([]);
}, 120_000);
