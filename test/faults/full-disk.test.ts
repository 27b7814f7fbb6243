import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Task } from '@prefish/protocol';
import { expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { sandboxHome, type Run } from '../support/sandbox-home.ts';
import { until } from '../support/until.ts';

needs('overlays', 'bubblewrap');

const isRoot = process.getuid?.() === 0;
const own = isRoot ? ['--mount'] : ['--user', '--map-root-user', '--mount'];

test('a disk that is full of client and server says so, loses nothing, and all goes on once there is room', async () => {
  await using home = await sandboxHome();
  const repository = await home.repository({ 'a.txt': 'one\n' });
  await mkdir(home.prefishHome, { recursive: true });
  const script = 'mount -t tmpfs -o size=24m none "$0" && echo up && exec cat';
  const disk = spawn('unshare', [...own, 'sh', '-c', script, home.prefishHome], { stdio: 'pipe' });
  await once(disk.stdout, 'data');
  const enter = [
    'nsenter',
    `--target=${disk.pid}`,
    ...(isRoot ? [] : ['--user', '--preserve-credentials']),
    '--mount',
  ];
  const prefish = (...args: readonly string[]): Promise<Run> =>
    home.prefish(args, { under: [...enter, `--wd=${repository.path}`], cwd: repository.path });
  const shell = (line: string): void =>
    void execFileSync(enter[0]!, [...enter.slice(1), 'sh', '-c', line, join(home.prefishHome, 'fill')]);
  const logs = async (id: string) => (await prefish('tasks', 'logs', id, '--json')).events();

  try {
    const line = '& !for i in $(seq 600); do echo line $i; sleep 0.1; done';
    const id = (await prefish('--json', '-c', line)).events()[0]!.task!;
    await until(async () => (await logs(id)).some(({ type }) => type === 'output'), 'the first line');
    shell('cat /dev/zero > "$0" 2>/dev/null || true');
    const seen = await logs(id);
    const refused = await prefish('-c', '& !echo never');
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/PREFISH_NO_SPACE/);
    expect(await prefish('-c', '!echo here')).toMatchObject({ code: 0, stdout: 'here\n' });
    expect(await prefish('tasks', 'ls')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('line $i'),
    });

    shell('rm "$0"');
    expect(await prefish('-c', '& --wait !echo again')).toMatchObject({ code: 0, stdout: 'again\n' });
    await prefish('tasks', 'cancel', id);
    const all = await logs(id);
    expect(all.slice(0, seen.length)).toEqual(seen);
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, index) => index + 1));
    const { tasks } = (await prefish('tasks', 'ls', '--json')).json<{ tasks: Task[] }>();
    const long = tasks.find((task) => task.id === id)!;
    expect([long.state, long.reason]).toSatisfy(
      ([state, reason]) => state === 'canceled' || (state === 'failed' && reason === 'no-space'),
    );
  } finally {
    disk.stdin.end();
    await once(disk, 'exit');
  }
}, 90_000);
