import { checkPageVersion } from '../server/page-version.ts';

/** What colours code, which few pages need; `undefined` where the server has another page by now. */
export async function loadHighlight(): Promise<typeof import('./highlight.ts') | undefined> {
  try {
    return await import('./highlight.ts');
  } catch {
    void checkPageVersion();
    return undefined;
  }
}
