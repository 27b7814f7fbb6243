import { expect, test } from 'vitest';
import { taskActions } from '../../src/source/task-actions.ts';
import { undoApply } from '../../src/apply/undo-apply.ts';
import { actionContext, finishTask, servicesFor } from '../support/finished-task.ts';
import { scratch } from '../support/repository.ts';

test('what can be taken back is known: undo is offered for it alone', async () => {
  using s = scratch();
  const repository = s.repository({ a: '1\n', b: '1\n' });
  const first = await finishTask(s, repository.path, (work) => work.write({ a: 'task\n' }));
  const services = servicesFor(first);
  const actions = new Map(taskActions(services).map((action) => [action.name, action]));
  const offered = (): boolean | undefined => actions.get('undo')?.applies?.(first.task);
  const run = async (name: string): Promise<unknown> =>
    actions
      .get(name)
      ?.run(first.task, { values: {}, positionals: [] }, actionContext(repository.path, s.env));

  await services.undoPoints.refresh();
  expect(offered()).toBe(false);
  await run('apply');
  expect(offered()).toBe(true);

  const never = { ...first.task, id: 'tnever', number: 2 };
  await expect(undoApply(services, never, actionContext(repository.path, s.env))).rejects.toMatchObject({
    code: 'PREFISH_NOTHING_TO_UNDO',
    hint: `The last apply was of task 1, in ${repository.path}`,
  });
  await run('undo');
  expect(offered()).toBe(false);
});
