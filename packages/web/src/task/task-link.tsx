import type { JSX } from 'preact';
import { onLink, taskPath } from '../route.ts';
import { taskList } from '../tasks/task-list.ts';
import { visibleLabel } from '../text/visible.ts';

/** Another task, by its number. */
export function TaskLink({
  id,
  named = false,
}: {
  readonly id: string;
  /** Whether its title stands beside its number. */
  readonly named?: boolean;
}): JSX.Element {
  void taskList.version.value;
  const task = taskList.get(id);
  return (
    <a href={taskPath(id)} onClick={onLink} title={task === undefined ? id : visibleLabel(task.title)}>
      {task === undefined
        ? id.slice(0, 6)
        : `#${task.number}${named ? ` ${visibleLabel(task.title, 60)}` : ''}`}
    </a>
  );
}
