/** `POST /v1/sign-in-codes`, on the server's own socket alone: lets one browser in, once. */
export interface SignInCode {
  readonly code: string;
  /** Where the page is: `http://127.0.0.1:41234/`. */
  readonly url: string;
  /** ISO 8601 UTC. */
  readonly expiresAt: string;
}

/** A browser that is signed in. Times are ISO 8601 UTC. */
export interface PageSession {
  readonly id: string;
  /** What the browser calls itself (`User-Agent`). */
  readonly browser: string;
  readonly createdAt: string;
  readonly lastUsedAt: string;
  readonly expiresAt: string;
  /** The one that asks. */
  readonly current: boolean;
}

/** Where a page shows a task, with the code that signs its browser in: the code is in the fragment, which browsers keep to themselves. */
export function pageUrl({ url, code }: SignInCode, task?: string): string {
  const path = task === undefined ? '' : `tasks/${encodeURIComponent(task)}`;
  return `${new URL(path, url).href}#code=${code}`;
}
