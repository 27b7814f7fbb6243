import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate as tick } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { applyResult } from '../../src/apply/apply-result.ts';
import { finishAllInterrupted, finishInterrupted } from '../../src/apply/recover.ts';
import { undoApply } from '../../src/apply/undo-apply.ts';
import { workTreeKey } from '../../src/snapshot/shadow.ts';
import { actionContext, finishTask, servicesFor, type FinishedTask } from '../support/finished-task.ts';
import { fingerprint, scratch, type Scratch, type TestRepository } from '../support/repository.ts';

const child = fileURLToPath(new URL('apply-child.ts', import.meta.url));

/** A repository in which a task has changed, added, deleted, and turned a folder into a file. */
async function manyChanges(s: Scratch): Promise<{ repository: TestRepository; finished: FinishedTask }> {
  const files = Object.fromEntries(
    Array.from({ length: 30 }, (_, n) => [`d${n % 10}/f${n}`, `${n}\n`.repeat(200)]),
  );
  const repository = s.repository({ ...files, 'folder/one': '1\n', 'folder/two': '2\n' });
  const finished = await finishTask(s, repository.path, (work) => {
    for (let n = 0; n < 30; n += 1) {
      const path = `d${n % 10}/f${n}`;
      if (n % 10 === 3) rmSync(join(work.path, path));
      else work.write({ [path]: `changed ${n}\n`.repeat(200) });
    }
    rmSync(join(work.path, 'folder'), { recursive: true });
    work.write({ folder: 'a file now\n', 'new/deep/er': 'n\n' });
    symlinkSync('folder', join(work.path, 'link'));
  });
  return { repository, finished };
}

/** Starts an action in a process of its own and kills it `delayMs` after it has begun to change the tree. */
async function killWhile(
  s: Scratch,
  finished: FinishedTask,
  action: 'apply' | 'undo',
  delayMs: number,
): Promise<boolean> {
  const file = join(s.root, 'finished.json');
  writeFileSync(file, JSON.stringify(finished));
  const running = spawn(process.execPath, ['--conditions=development', child, action, file], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(running, 'exit');
  const undoFolder = join(s.folders.data, 'undo');
  const begun = (): boolean =>
    existsSync(undoFolder) && readdirSync(undoFolder).some((name) => name.endsWith('.pending'));
  while (running.exitCode === null && !begun()) await tick();
  const until = performance.now() + delayMs;
  while (running.exitCode === null && performance.now() < until) await tick();
  running.kill('SIGKILL');
  const [code] = (await ended) as [number | null];
  return code === null;
}

describe('an apply that is killed', () => {
  test('is completed or reversed by whoever comes next, at whatever moment it was killed', async () => {
    using s = scratch();
    const { repository, finished } = await manyChanges(s);
    const before = fingerprint(repository.path);
    const services = servicesFor(finished);
    const context = actionContext(repository.path, s.env);
    await applyResult(services, finished.task, {}, context);
    const after = fingerprint(repository.path);
    await undoApply(services, finished.task, context);
    expect(fingerprint(repository.path)).toEqual(before);

    let killed = 0;
    let halfway = 0;
    for (let round = 0; round < 10; round += 1) {
      const action =
        JSON.stringify(fingerprint(repository.path)) === JSON.stringify(before) ? 'apply' : 'undo';
      if (await killWhile(s, finished, action, (round % 5) * 7)) killed += 1;
      const found = fingerprint(repository.path);
      if (JSON.stringify(found) !== JSON.stringify(before) && JSON.stringify(found) !== JSON.stringify(after))
        halfway += 1;
      await finishInterrupted(
        services,
        {
          root: repository.path,
          repository: {
            gitDir: join(repository.path, '.git'),
            commonDir: '',
            partial: false,
            borrowable: true,
          },
        },
        () => {},
      );
      const settled = fingerprint(repository.path);
      const applied = readFileSync(join(repository.path, 'd0/f0'), 'utf8').startsWith('changed');
      expect(settled).toEqual(applied ? after : before);
      expect(readdirSync(join(s.folders.data, 'undo')).filter((name) => name.endsWith('.pending'))).toEqual(
        [],
      );
    }
    expect(killed).toBeGreaterThan(3);
    expect(halfway).toBeGreaterThan(1);
  });

  test('leaves alone and names what was edited between the kill and the next command', async () => {
    using s = scratch();
    const { repository, finished } = await manyChanges(s);
    const before = fingerprint(repository.path);
    const services = servicesFor(finished);
    const tree = {
      root: repository.path,
      repository: { gitDir: join(repository.path, '.git'), commonDir: '', partial: false, borrowable: true },
    };
    const pending = join(s.folders.data, 'undo', `${workTreeKey(tree)}.pending`);
    for (let delay = 0; !existsSync(pending); delay += 2) await killWhile(s, finished, 'apply', delay % 20);
    repository.write({ 'd1/f1': 'edited by the user\n' });
    const said: string[] = [];
    await finishInterrupted(services, tree, (_code, message) => said.push(message));
    expect(said).toContainEqual(expect.stringContaining('d1/f1'));
    expect(readFileSync(join(repository.path, 'd1/f1'), 'utf8')).toBe('edited by the user\n');
    const { 'd1/f1': _, ...rest } = before;
    expect(fingerprint(repository.path)).toMatchObject(rest);
  });

  test('is put in order by a prefish that is started anywhere', async () => {
    using s = scratch();
    const { repository, finished } = await manyChanges(s);
    const before = fingerprint(repository.path);
    const services = servicesFor(finished);
    const pending = (): boolean => readdirSync(services.undoFolder).some((name) => name.endsWith('.pending'));
    for (let round = 0; round === 0 || !pending(); round += 1) {
      await killWhile(s, finished, round % 2 === 0 ? 'apply' : 'undo', 0);
    }
    const said: string[] = [];
    await finishAllInterrupted(services, (_code, message) => said.push(message), services.signal);
    expect(said).toEqual([expect.stringContaining(repository.path)]);
    expect(pending()).toBe(false);
    const applied = readFileSync(join(repository.path, 'd0/f0'), 'utf8').startsWith('changed');
    if (!applied) expect(fingerprint(repository.path)).toEqual(before);
  });

  test('ends where a link has taken the place of a folder in between', async () => {
    using s = scratch();
    const { repository, finished } = await manyChanges(s);
    const services = servicesFor(finished);
    const pending = (): boolean => readdirSync(services.undoFolder).some((name) => name.endsWith('.pending'));
    for (let round = 0; round === 0 || !pending(); round += 1) {
      await killWhile(s, finished, round % 2 === 0 ? 'apply' : 'undo', 0);
    }
    renameSync(join(repository.path, 'd3'), join(s.root, 'outside'));
    symlinkSync('../outside', join(repository.path, 'd3'));
    const before = fingerprint(join(s.root, 'outside'));
    await finishAllInterrupted(services, () => {}, services.signal);
    expect(pending()).toBe(false);
    expect(readlinkSync(join(repository.path, 'd3'))).toBe('../outside');
    const names = Object.keys(fingerprint(join(s.root, 'outside')));
    expect(names.filter((name) => !name.startsWith('.prefish-'))).toEqual(
      Object.keys(before).filter((name) => !name.startsWith('.prefish-')),
    );
  });
});
