import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findKeptFile, forgetKeptFiles, keptFolder, listKeptFiles } from '../../src/worker/kept-files.ts';
import { createTaskHost, type TaskHost } from '../fixtures/task-host.ts';

describe('--keep', () => {
  let host: TaskHost;
  beforeEach(() => {
    host = createTaskHost();
    host.write('.gitignore', 'dist/\nreport.txt\n');
  });
  afterEach(() => host.remove());

  test('keeps ignored files and folders of a task, failed or not, and follows no link', async () => {
    const line = [
      'mkdir -p dist/deep; echo one > dist/a.txt; printf "\\000\\377" > dist/deep/b.bin; chmod 6755 dist/a.txt',
      'echo secret > "$HOME/secret"; ln -s "$HOME/secret" dist/link; ln -s "$HOME" away',
      'echo done > report.txt; exit 3',
    ].join('; ');
    const request = await host.submit(line, {
      options: { keep: ['dist', './report.txt', 'missing', 'away/secret', '../outside'] },
    });
    const run = await host.run(request);
    expect(run.exit).toEqual({ code: 3 });
    const folder = keptFolder(host.folder, { id: request.id, attempt: 1 });
    expect(await listKeptFiles(folder)).toEqual([
      { path: 'dist/a.txt', size: 4 },
      { path: 'dist/deep/b.bin', size: 2 },
      { path: 'report.txt', size: 5 },
    ]);
    expect(readFileSync((await findKeptFile(folder, 'dist/deep/b.bin')).file)).toEqual(Buffer.from([0, 255]));
    expect(statSync((await findKeptFile(folder, 'dist/a.txt')).file).mode & 0o7777).toBe(0o755);
    const said = run.events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
    expect(said.join('\n')).toMatch(
      /dist was kept without 1 symbolic link\nmissing was not kept: .*no file there\naway\/secret was not kept: .*symbolic link\n\.\.\/outside was not kept/,
    );
  });

  test('gives out what was kept and nothing else', async () => {
    const request = await host.submit('mkdir dist; echo one > dist/a.txt', { options: { keep: ['dist'] } });
    await host.run(request);
    const folder = keptFolder(host.folder, { id: request.id, attempt: 1 });
    for (const path of ['dist', 'dist/b.txt', '../1/dist/a.txt', join(folder, 'dist/a.txt'), '', '.']) {
      await expect(findKeptFile(folder, path), path).rejects.toMatchObject({ code: 'PREFISH_FILE_NOT_KEPT' });
    }
    await forgetKeptFiles(host.folder, request.id);
    expect(await listKeptFiles(folder)).toEqual([]);
  });
});
