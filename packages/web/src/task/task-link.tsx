import type { JSX } from 'preact';
import { onLink, taskPath } from '../route.ts';
import { taskList } from '../tasks/task-list.ts';

/** Another task, by its number. */
export function TaskLink({ id }: { readonly id: string }): JSX.Element {
  void taskList.version.value;
  const task = taskList.get(id);
  return (
    <a href={taskPath(id)} onClick={onLink} title={task?.title ?? id}>
      {task === undefined ? id.slice(0, 6) : `#${task.number}`}
    </a>
  );
}
