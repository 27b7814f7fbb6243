import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Event, Task } from '@prefish/protocol';
import { expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { ended, sandboxHome, type Run } from '../support/sandbox-home.ts';
import { served } from '../support/served.ts';
import { until } from '../support/until.ts';
import { openNetwork } from './network.ts';

needs('two networks', 'openssl', 'bubblewrap');

/** For how long nothing gets through, in seconds: longer, to see more time limits pass, with `NETWORK_CUT=20`. */
const cutFor = Number(process.env['NETWORK_CUT'] ?? 3);
const seed = Number(process.env['NETWORK_SEED'] ?? 1);
/** How long what was under way may take to find out and to go on, in milliseconds. */
const patience = 60_000;

test(
  `a server behind 100 ms and a lossy link that is cut for ${cutFor} s: every line once, every event once, every verdict true`,
  { timeout: (cutFor + 80) * 1000 },
  async () => {
    await using network = await openNetwork({ delay: 50, loss: 0.03, seed });
    await using server = await served(network.server);
    await using home = await sandboxHome();
    const repository = await home.repository({ 'a.txt': 'one\n' });
    const there = { cwd: repository.path, env: server.env, under: network.client.under, timeout: patience };
    const code = await server.codeFor('ada');
    const login = await home.prefish(['login', server.url], { ...there, input: `${code}\n` });
    expect(login, `seed ${seed}\n${login.stderr}`).toMatchObject({ code: 0 });
    const start = (...args: readonly string[]): Promise<Run> =>
      ended(home.spawn(['--server', server.url, ...args], there), args, patience + cutFor * 1000);
    const tasks = async (): Promise<readonly Task[]> =>
      (await start('tasks', 'ls', '--json')).json<{ tasks: Task[] }>().tasks;
    const taskOf = (run: Run): string => run.events()[0]!.task!;

    const lines = Array.from({ length: 40 + 10 * cutFor }, (_, index) => `line ${index + 1}\n`).join('');
    const said = `for i in $(seq ${lines.split('\n').length - 1}); do echo line $i; sleep 0.1; done`;
    const [talking, waiting] = (
      await Promise.all([start('--json', '-c', `& !${said}`), start('--json', '-c', '& !sleep 3600')])
    ).map(taskOf) as [string, string];
    const followed = start('tasks', 'logs', talking, '-f');
    const waited = start('tasks', 'wait', talking);
    await repository.write({ large: randomBytes(1_000_000).toString('base64') });
    const before = network.carried;
    const uploaded = start('--json', '-c', '& !wc -c < large');
    await until(() => network.carried > before + 500_000, 'half of the upload');

    network.cut();
    const submitted = start('-c', '& !echo during the cut');
    const canceled = start('tasks', 'cancel', waiting);
    await pause(cutFor * 1000);
    network.mend();

    expect(await waited, `seed ${seed}`).toMatchObject({ code: 0 });
    expect(await followed).toMatchObject({ code: 0, stdout: lines });
    expect(await uploaded).toMatchObject({ code: 0 });
    const kept = await submitted;
    if (kept.code !== 0) expect(kept).toMatchObject({ code: 3, stderr: expect.stringContaining('is kept') });
    const cancel = await canceled;
    if (cancel.code !== 0) {
      expect(cancel).toMatchObject({ code: 3, stderr: expect.stringContaining('Nothing was done') });
      expect(cancel.stderr).not.toContain('PREFISH_CLEANUP_FAILED');
    }
    network.unplug();
    const away = await start('-c', '& !echo without a cable');
    expect(away).toMatchObject({ code: 3, stderr: expect.stringContaining('is kept') });
    network.mend();

    const delivered = await until(
      async () => {
        const all = await tasks();
        return all.length === 5 && all.every(({ id, endedAt }) => id === waiting || endedAt) && all;
      },
      'everything to be delivered, and to end',
      patience,
    );
    expect(delivered.map(({ line }) => line).sort()).toEqual(
      [`!${said}`, '!sleep 3600', '!wc -c < large', '!echo during the cut', '!echo without a cable'].sort(),
    );
    for (const task of delivered) {
      const expected = task.id === waiting ? (cancel.code === 0 ? 'canceled' : 'working') : 'completed';
      expect(task).toMatchObject({ state: expected, attempt: 1 });
    }
    const events: Event[] = (await start('tasks', 'logs', talking, '--json')).events();
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect((await start('tasks', 'cancel', waiting)).code).toBe(0);
  },
);
