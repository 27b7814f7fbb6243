import { signal } from '@preact/signals';

/** What the page shows, by its path. */
export type Route =
  | { readonly view: 'tasks' }
  | { readonly view: 'task'; readonly id: string; readonly tab: Tab }
  | { readonly view: 'account' };

/** What to see of a task. */
export type Tab = 'transcript' | 'changes' | 'attempts';

/** Where the page is. */
export const route = signal<Route>(read(location.href));

addEventListener('popstate', () => {
  route.value = read(location.href);
});

/** The path of a task, and of what to see of it. */
export function taskPath(id: string, tab: Tab = 'transcript'): string {
  return `/tasks/${encodeURIComponent(id)}${tab === 'transcript' ? '' : `?show=${tab}`}`;
}

/** Goes to a path of the page. */
export function navigate(path: string): void {
  if (path === location.pathname + location.search) return;
  history.pushState(undefined, '', path);
  route.value = read(path);
}

/** Lets a click on a link of the page stay in it; one for another tab goes its own way. */
export function onLink(event: MouseEvent): void {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  navigate((event.currentTarget as HTMLAnchorElement).pathname);
}

function read(address: string): Route {
  const { pathname: path, searchParams } = new URL(address, location.origin);
  const id = decoded(/^\/tasks\/([^/]+)$/.exec(path)?.[1]);
  if (id !== undefined) {
    const show = searchParams.get('show');
    const tab = show === 'changes' || show === 'attempts' ? show : 'transcript';
    return { view: 'task', id, tab };
  }
  return path === '/account' ? { view: 'account' } : { view: 'tasks' };
}

/** `undefined` for what somebody has cut in the middle of a character. */
function decoded(part: string | undefined): string | undefined {
  try {
    return part && decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
