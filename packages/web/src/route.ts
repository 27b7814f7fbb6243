import { signal } from '@preact/signals';

/** What the page shows, by its path. */
export type Route =
  | { readonly view: 'tasks' }
  | { readonly view: 'task'; readonly id: string }
  | { readonly view: 'account' };

/** Where the page is. */
export const route = signal<Route>(read(location.pathname));

addEventListener('popstate', () => {
  route.value = read(location.pathname);
});

/** The path of a task. */
export const taskPath = (id: string): string => `/tasks/${encodeURIComponent(id)}`;

/** Goes to a path of the page. */
export function navigate(path: string): void {
  if (path === location.pathname) return;
  history.pushState(undefined, '', path);
  route.value = read(path);
}

/** Lets a click on a link of the page stay in it; one for another tab goes its own way. */
export function onLink(event: MouseEvent): void {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  navigate((event.currentTarget as HTMLAnchorElement).pathname);
}

function read(path: string): Route {
  const [, id] = /^\/tasks\/([^/]+)$/.exec(path) ?? [];
  if (id !== undefined) return { view: 'task', id: decodeURIComponent(id) };
  return path === '/account' ? { view: 'account' } : { view: 'tasks' };
}
