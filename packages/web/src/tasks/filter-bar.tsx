import type { JSX } from 'preact';
import { SearchIcon } from '../layout/icon.tsx';
import { navigate, taskPath } from '../route.ts';
import { visibleLabel } from '../text/visible.ts';
import {
  counts,
  filter,
  type FilterName,
  filters,
  repositories,
  repository,
  search,
  shownTasks,
} from './filter.ts';
import { folderName } from './task-row.tsx';

/** Search, states, repository. */
export function FilterBar(): JSX.Element {
  const found = counts.value;
  return (
    <div class="filter-bar">
      <div class="search">
        <SearchIcon />
        <input
          type="search"
          id="search"
          placeholder="Search tasks"
          aria-label="Search tasks"
          value={search.value}
          onInput={({ currentTarget }) => {
            search.value = currentTarget.value;
          }}
          onKeyDown={onSearchKey}
        />
        <kbd aria-hidden="true">/</kbd>
      </div>
      {repositories.value.length > 1 && (
        <select
          aria-label="Repository"
          value={repository.value}
          onChange={({ currentTarget }) => {
            repository.value = currentTarget.value;
          }}
        >
          <option value="">All repositories</option>
          {repositories.value.map((root) => (
            <option key={root} value={root} title={visibleLabel(root)}>
              {visibleLabel(folderName(root))}
            </option>
          ))}
        </select>
      )}
      <div class="chips" role="group" aria-label="States">
        {shownFilters(found).map((name) => (
          <button
            key={name}
            class={`chip chip-${name}`}
            aria-pressed={filter.value === name}
            onClick={() => {
              filter.value = name;
            }}
          >
            {filters[name].label} <span class="count">{found[name].toLocaleString('en')}</span>
          </button>
        ))}
      </div>
    </div>
  );
}

/** Those that some task is of, and the one that is chosen. */
function shownFilters(found: Readonly<Record<FilterName, number>>): readonly FilterName[] {
  return (Object.keys(filters) as FilterName[]).filter(
    (name) => name === 'all' || name === filter.value || found[name] > 0,
  );
}

/** Esc clears what is searched for; Enter opens the only task that is found, or leads to the first. */
function onSearchKey(event: KeyboardEvent): void {
  if (event.key === 'Escape' && search.value !== '') {
    search.value = '';
    event.preventDefault();
  }
  if (event.key !== 'Enter') return;
  const [first, second] = shownTasks.value;
  if (first === undefined) return;
  if (second === undefined) navigate(taskPath(first.id));
  else document.querySelector<HTMLElement>(`[data-task="${first.id}"]`)?.focus();
}
