import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTaskHost, type TaskHost } from '../../fixtures/task-host.ts';
import { needs } from '../../../../../test/support/needs.ts';

needs('bubblewrap');

/** A folder of the machine that no task has anything to do with. */
let outside: string;
let host: TaskHost;
beforeEach(() => {
  host = createTaskHost();
  outside = join(dirname(host.folder), 'outside');
  mkdirSync(outside);
});
afterEach(() => host.remove());

/** While bubblewrap makes the places of a task, the machine is at `oldroot`. */
describe('nothing is made on the machine', () => {
  it.each(['/proc/self/cwd', '/proc/self/root', '/proc/1/cwd'])('by a folder below %s', async (folder) => {
    const root = `${folder}/oldroot${outside}/root`;
    await expect(host.run(await host.submit('true', { root }))).rejects.toMatchObject({
      code: 'PREFISH_WORKSPACE_FAILED',
      message: expect.stringContaining('folder of the kernel'),
    });
    const env = { HOME: `${folder}/oldroot${outside}/home` };
    expect(await host.run(await host.submit('echo ~', { env }))).toMatchObject({ stdout: '/home/prefish\n' });
    expect(readdirSync(outside)).toEqual([]);
  });

  it('by a link in what was sent, on the way to what is shown below it', async () => {
    const root = dirname(host.folder);
    symlinkSync(`${root.replaceAll(/\/[^/]+/g, '../')}../oldroot${outside}`, join(host.root, 'server'));
    await expect(host.run(await host.submit('true', { root }))).rejects.toMatchObject({
      code: 'PREFISH_WORKSPACE_FAILED',
      message: expect.stringContaining('leads through a symbolic link'),
    });
    expect(readdirSync(outside)).toEqual([]);
  });

  it('by a link that a set-up command puts on the way to its own folder', async () => {
    const setup = `mv /tmp/work /tmp/away && ln -s ../../oldroot${outside} /tmp/work`;
    const more = { root: '/tmp/work/project', elsewhere: true, options: { setup } };
    await expect(host.run(await host.submit('true', more))).rejects.toMatchObject({
      code: 'PREFISH_WORKSPACE_FAILED',
      message: expect.stringContaining('leads through a symbolic link'),
    });
    expect(readdirSync(outside)).toEqual([]);
  });
});
