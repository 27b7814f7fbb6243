import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findTaskTree } from '../../src/apply/find-task-tree.ts';
import { actionContext, finishTask, servicesFor } from '../support/finished-task.ts';
import { scratch } from '../support/repository.ts';

test('where no folder could be sent from, the task and its folder are named all the same', async () => {
  using s = scratch();
  const repository = s.repository({ a: '1\n' });
  const finished = await finishTask(s, repository.path, (work) => work.write({ a: '2\n' }));
  const find = () =>
    findTaskTree(
      servicesFor(finished),
      finished.task,
      actionContext(s.root, { ...finished.env, HOME: s.root }),
    );
  await expect(find()).rejects.toMatchObject({
    code: 'PREFISH_USAGE',
    message: `Task 1 belongs to ${repository.path}`,
    hint: `Go there: cd ${repository.path}`,
  });
  rmSync(repository.path, { recursive: true });
  await expect(find()).rejects.toMatchObject({
    message: `Task 1 belongs to ${repository.path}, which is not there`,
  });
});
