import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PrefishError, type Ask } from '@prefish/core';
import { describe, expect, test } from 'vitest';
import { openShadow } from '../../src/snapshot/shadow.ts';
import { takeSnapshot } from '../../src/snapshot/take-snapshot.ts';
import { findWorkTree } from '../../src/snapshot/work-tree.ts';
import { admitSize, usualLimits } from '../../src/submit/admit-size.ts';
import { scratch, type Scratch } from '../support/repository.ts';

/** Takes a snapshot that is to be sent, and answers what is asked about it. */
async function send(
  s: Scratch,
  folder: string,
  answer: boolean | undefined,
  total = 10_000_000,
): Promise<string[]> {
  const asked: string[] = [];
  const confirm = async (message: string): Promise<boolean> => {
    asked.push(message);
    if (answer === undefined) throw new PrefishError('PREFISH_NO_TTY', 'nobody is there');
    return answer;
  };
  const git = await s.openGit();
  const tree = await findWorkTree(git, folder, s.home);
  const shadow = await openShadow(git, tree, s.folders);
  await takeSnapshot(shadow, tree, undefined, undefined, (candidates) =>
    admitSize(candidates, { file: 5_000_000, total }, { ask: { confirm } as Ask }),
  );
  return asked;
}

function large(folder: string, name = 'large', bytes = 6_000_000): void {
  writeFileSync(join(folder, name), '');
  truncateSync(join(folder, name), bytes);
}

describe('a snapshot with a large file', () => {
  test('is asked about, once as long as the file stays as it is', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n' });
    large(repository.path);
    expect(await send(s, repository.path, true)).toEqual(['large has 5.7 MB. Send it?']);
    expect(await send(s, repository.path, true)).toEqual([]);
    repository.write({ a: '2\n' });
    expect(await send(s, repository.path, true)).toEqual([]);
  });

  test.each([undefined, false])('is refused without a yes (%s), and nothing is read', async (answer) => {
    using s = scratch();
    const repository = s.repository({ a: '1\n' });
    large(repository.path);
    for (const _ of [1, 2]) {
      await expect(send(s, repository.path, answer)).rejects.toMatchObject({
        code: 'PREFISH_SNAPSHOT_REFUSED',
        message: expect.stringMatching(/othing was sent/),
        hint: expect.stringContaining('.prefishignore'),
      });
    }
    repository.write({ '.prefishignore': 'large\n' });
    expect(await send(s, repository.path, answer)).toEqual([]);
  });

  test('is asked about although it was read when nothing was to be sent', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n' });
    large(repository.path);
    await s.capture(repository.path);
    await s.capture(repository.path);
    expect(await send(s, repository.path, true)).toHaveLength(1);
    expect(await send(s, repository.path, true)).toEqual([]);
  });

  test('in a repository inside it is asked about by its whole path', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n' });
    large(s.repository({ b: '1\n' }, 'repository/inner').path);
    await expect(send(s, repository.path, undefined)).rejects.toMatchObject({
      message: expect.stringContaining('inner/large has 5.7 MB'),
    });
    expect(await send(s, repository.path, true)).toHaveLength(1);
  });

  test('or with many that are large together', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n' });
    for (const name of ['x', 'y', 'z']) large(repository.path, name, 4_000_000);
    expect(await send(s, repository.path, true)).toEqual(['What changed has 11.4 MB. Send it?']);
  });
});

test('nobody is asked about what is usual', async () => {
  using s = scratch();
  const repository = s.repository({ a: '1\n' });
  large(repository.path, 'usual', 4_000_000);
  expect(await send(s, repository.path, undefined, usualLimits.total)).toEqual([]);
});
