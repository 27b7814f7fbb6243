import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventBody, SubmitTask } from '@prefish/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { needs } from '../../../../../test/support/needs.ts';
import { createTaskHost, type TaskHost } from '../../fixtures/task-host.ts';

needs('bubblewrap');

describe('the set-up command of a task from elsewhere', () => {
  let host: TaskHost;
  beforeEach(() => {
    host = createTaskHost();
    host.write('package-lock.json', '{ "lockfileVersion": 3 }\n');
  });
  afterEach(() => host.remove());

  const install =
    'echo installing; mkdir -p node_modules/dep; date +%N > node_modules/dep/made; ln -s dep node_modules/link';
  const elsewhere = (line: string, setup: string, more: Partial<SubmitTask> = {}): Promise<SubmitTask> =>
    host.submit(line, { elsewhere: true, path: '', options: { setup }, ...more });
  const setups = (events: readonly EventBody[]): string[] =>
    events.flatMap((event) => (event.type === 'tool' ? [`${event.title}: ${event.status}`] : []));

  test('runs first; what it installed is no result, and serves the next task with the same lockfile', async () => {
    const line = 'cat node_modules/link/made; echo result > made.txt; echo mine > node_modules/dep/made';
    const first = await host.run(await elsewhere(line, install));
    expect(setups(first.events)).toEqual([
      `set-up: ${install}: in_progress`,
      `set-up: ${install}: completed`,
    ]);
    expect(first.stdout).toMatch(/^installing\n\d+\n$/);
    expect(first.result).toMatchObject({ files: 1 });

    const again = await host.run(await elsewhere(line, install));
    expect(again.stdout).toBe(first.stdout.slice('installing\n'.length));
    expect(setups(again.events)).toEqual([`set-up: ${install} (installed for an earlier task): completed`]);
    expect(again.result).toMatchObject({ files: 1 });

    host.write('package-lock.json', '{ "lockfileVersion": 3, "changed": true }\n');
    expect((await host.run(await elsewhere(line, install))).stdout).toContain('installing');
  });

  test('that fails ends the task with a reason, and nothing of it is kept', async () => {
    const run = host.run(await elsewhere('echo never', 'mkdir node_modules; echo broken >&2; exit 7'));
    await expect(run).rejects.toMatchObject({
      code: 'PREFISH_SETUP_FAILED',
      message: expect.stringContaining('(exit 7)'),
    });
    expect(existsSync(join(host.folder, 'dependencies'))).toBe(false);
    expect(readdirSync(join(host.folder, 'work'))).toEqual([]);
  });

  test('is found by the lockfile, in the folder of the line before the top', async () => {
    const { gitDir, commit } = await (async () => {
      for (const name of [
        'sub/Cargo.lock',
        'sub/deep/x',
        'web/yarn.lock',
        'web/.yarnrc.yml',
        'api/uv.lock',
      ]) {
        host.write(name, '');
      }
      const request = await host.submit('true');
      return { gitDir: (await host.repositories.locate(request.repo)).remote, commit: request.snapshot };
    })();
    const { planSetup } = await import('../../../src/worker/setup/plan-setup.ts');
    const planned = async (cwd: string, setup?: string) => {
      const plan = await planSetup(
        { cwd, options: setup === undefined ? {} : { setup } },
        { gitDir, commit },
      );
      return plan && [plan.folder, plan.command];
    };
    expect(await planned('')).toEqual(['', 'npm ci']);
    expect(await planned('sub')).toEqual(['sub', 'cargo fetch --locked']);
    expect(await planned('sub/deep')).toEqual(['', 'npm ci']);
    expect(await planned('web')).toEqual(['web', 'yarn install --immutable']);
    expect(await planned('api')).toEqual(['api', 'uv sync --frozen']);
    expect(await planned('api', 'make deps')).toEqual(['', 'make deps']);
  });

  test('a task from here has its own dependencies, and no set-up', async () => {
    writeFileSync(join(host.root, '.gitignore'), 'node_modules\n');
    const run = await host.run(await host.submit('ls', { options: { setup: install } }));
    expect(run.stdout).toBe('package-lock.json\n');
    expect(setups(run.events)).toEqual([]);
  });
});
