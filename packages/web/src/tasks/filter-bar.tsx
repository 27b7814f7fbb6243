import type { JSX } from 'preact';
import { SearchIcon } from '../layout/icon.tsx';
import { visibleLabel } from '../text/visible.ts';
import { counts, filter, type FilterName, filters, repositories, repository, search } from './filter.ts';
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
        {(Object.keys(filters) as FilterName[]).map((name) => (
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
