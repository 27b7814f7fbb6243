import { isFinal, type Task } from '@prefish/protocol';
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { taskList } from './task-list.ts';

/** What may be asked of the list at once. */
export const filters = {
  all: { label: 'All', accepts: () => true },
  active: { label: 'Running', accepts: (task: Task) => !isFinal(task.state) },
  asking: { label: 'Asking', accepts: ({ state }: Task) => state === 'input-required' },
  done: { label: 'Done', accepts: ({ state }: Task) => state === 'completed' },
  failed: {
    label: 'Failed',
    accepts: ({ state }: Task) => ['failed', 'canceled', 'rejected'].includes(state),
  },
} as const;

export type FilterName = keyof typeof filters;

export const filter = signal<FilterName>('all');
export const search = signal('');
/** The top folder of the repository that alone is shown; `''` for all. */
export const repository = signal('');

/** Shows all tasks again. */
export function clearFilters(): void {
  filter.value = 'all';
  search.value = '';
  repository.value = '';
}

/** The tasks to show, newest first. */
export const shownTasks: ReadonlySignal<readonly Task[]> = computed(() => {
  void taskList.version.value;
  const { accepts } = filters[filter.value];
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const root = repository.value;
  if (filter.value === 'all' && words.length === 0 && root === '') return taskList.tasks;
  return taskList.tasks.filter(
    (task) =>
      accepts(task) &&
      (root === '' || task.root === root) &&
      words.every((word) => searchedText(task).includes(word)),
  );
});

/** The repositories that tasks are of, by their folders. */
export const repositories: ReadonlySignal<readonly string[]> = computed(() => {
  void taskList.version.value;
  return [...new Set(taskList.tasks.map(({ root }) => root ?? ''))].filter(Boolean).sort();
});

/** How many there are of each. */
export const counts: ReadonlySignal<Readonly<Record<FilterName, number>>> = computed(() => {
  void taskList.version.value;
  const found = { all: 0, active: 0, asking: 0, done: 0, failed: 0 };
  for (const task of taskList.tasks) {
    for (const name of Object.keys(found) as FilterName[]) if (filters[name].accepts(task)) found[name]++;
  }
  return found;
});

const texts = new WeakMap<Task, string>();

function searchedText(task: Task): string {
  const known = texts.get(task);
  if (known !== undefined) return known;
  const { number, id, title, line, root = '', base, state } = task;
  const text = [`#${number}`, id, title, line, root, base?.branch ?? '', state].join('\n').toLowerCase();
  texts.set(task, text);
  return text;
}
