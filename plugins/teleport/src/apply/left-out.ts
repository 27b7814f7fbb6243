import { displayPath, type RawPath } from '../git/raw-path.ts';

/** `, without what changed in vendor/lib`: repositories inside the work tree, which no commit of it holds. */
export function without(leftOut: readonly RawPath[]): string {
  return leftOut.length === 0 ? '' : `, without what changed in ${leftOut.map(displayPath).join(', ')}`;
}
