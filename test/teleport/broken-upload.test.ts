import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Task } from '@prefish/protocol';
import { expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { sandboxHome, type Run } from '../support/sandbox-home.ts';
import { served } from '../support/served.ts';
import { until } from '../support/until.ts';
import { cuttingProxy } from './cutting-proxy.ts';

needs('bubblewrap', 'openssl');

/** How many uploads are broken: more with `UPLOAD_CUTS=50`. */
const rounds = Number(process.env['UPLOAD_CUTS'] ?? 3);
const seed = Number(process.env['UPLOAD_SEED'] ?? 1);
const size = 600_000;

test(
  `an upload over HTTPS that is cut anywhere begins again by itself, and is one task (UPLOAD_SEED=${seed})`,
  { timeout: 60_000 + rounds * 20_000 },
  async () => {
    let port = 0;
    await using proxy = await cuttingProxy(() => port);
    await using server = await served(undefined, `https://localhost:${proxy.port}`);
    port = server.port;
    await using home = await sandboxHome();
    const repository = await home.repository({ 'a.txt': 'one\n' });
    const there = { cwd: repository.path, env: server.env };
    await home.prefish(['login', server.url], { ...there, input: `${await server.codeFor('ada')}\n` });
    const submit = async (line: string): Promise<Run> => {
      await writeFile(join(repository.path, 'large'), randomBytes(size));
      return home.prefish(['--server', server.url, '-c', `& !${line}`], there);
    };
    const whole = proxy.sent;
    expect(await submit('wc -c < large #0')).toMatchObject({ code: 0 });
    const bytes = proxy.sent - whole;
    expect(bytes).toBeGreaterThan(size);

    let random = seed;
    const lines = Array.from({ length: rounds }, (_, index) => `wc -c < large #${index + 1}`);
    for (const [index, line] of lines.entries()) {
      random = (random * 48_271 + 11) % 2_147_483_647;
      // The last one is cut as the line itself is sent, or its answer.
      proxy.cutAfter(index === rounds - 1 ? bytes - 1000 : 1 + (random % bytes));
      const sent = await submit(line);
      if (sent.code !== 0)
        expect(sent).toMatchObject({ code: 3, stderr: expect.stringContaining('is kept') });
    }
    proxy.cutAfter(Number.POSITIVE_INFINITY);
    expect(proxy.cuts).toBeGreaterThanOrEqual(rounds - 1);
    const tasks = await until(
      async () => {
        const listed = await home.prefish(['tasks', 'ls', '--limit', '1000', '--json'], there);
        const all = listed.json<{ tasks: Task[] }>().tasks;
        return all.length === rounds + 1 && all.every(({ state }) => state === 'completed') && all;
      },
      'every line to arrive, and to end',
      20_000 + rounds * 3000,
    );
    expect(tasks.map(({ line }) => line).sort()).toEqual(
      [`wc -c < large #0`, ...lines].map((line) => `!${line}`).sort(),
    );
    for (const { id, attempt } of tasks) {
      expect(attempt).toBe(1);
      const logs = await home.prefish(['tasks', 'logs', id], there);
      expect(logs).toMatchObject({ code: 0, stderr: '', stdout: `${size}\n` });
    }
  },
);
