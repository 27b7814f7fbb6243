import { isFinal, type Task } from '@prefish/protocol';
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { taskList } from './task-list.ts';

/** What may be asked of the list at once. */
export const filters = {
  all: { label: 'All', accepts: () => true },
  asking: { label: 'Asking', accepts: ({ state }: Task) => state === 'input-required' },
  running: { label: 'Running', accepts: ({ state }: Task) => state === 'working' },
  waiting: { label: 'Waiting', accepts: ({ state }: Task) => state === 'submitted' },
  done: { label: 'Done', accepts: ({ state }: Task) => state === 'completed' },
  failed: {
    label: 'Failed',
    accepts: ({ state }: Task) => state === 'failed' || state === 'rejected',
  },
  canceled: { label: 'Canceled', accepts: ({ state }: Task) => state === 'canceled' },
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

/** The tasks of the repository in which the words are found, whatever their state. */
const foundTasks: ReadonlySignal<readonly Task[]> = computed(() => {
  void taskList.version.value;
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const root = repository.value;
  if (words.length === 0 && root === '') return taskList.tasks;
  return taskList.tasks.filter(
    (task) => (root === '' || task.root === root) && words.every((word) => searchedText(task).includes(word)),
  );
});

/** The tasks to show, in order. */
export const shownTasks: ReadonlySignal<readonly Task[]> = computed(() =>
  filter.value === 'all' ? foundTasks.value : foundTasks.value.filter(filters[filter.value].accepts),
);

/** The repositories that tasks are of, by their folders. */
export const repositories: ReadonlySignal<readonly string[]> = computed(() => {
  void taskList.version.value;
  return [...new Set(taskList.tasks.map(({ root }) => root ?? ''))].filter(Boolean).sort();
});

/** How many of those that are found there are of each. */
export const counts: ReadonlySignal<Readonly<Record<FilterName, number>>> = computed(() => {
  const found = { all: 0, asking: 0, running: 0, waiting: 0, done: 0, failed: 0, canceled: 0 };
  for (const task of foundTasks.value) {
    for (const name of Object.keys(found) as FilterName[]) if (filters[name].accepts(task)) found[name]++;
  }
  return found;
});

/** How many of all tasks have not ended, and how many of these ask. */
export const going: ReadonlySignal<{ readonly active: number; readonly asking: number }> = computed(() => {
  void taskList.version.value;
  const active = taskList.tasks.filter(({ state }) => !isFinal(state));
  return { active: active.length, asking: active.filter(filters.asking.accepts).length };
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
