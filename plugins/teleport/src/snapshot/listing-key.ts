import { stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { coarsestMs } from './known-folders.ts';
import type { Shadow } from './shadow.ts';
import type { WorkTree } from './work-tree.ts';

/**
 * What else than the folders of a work tree decides what git lists as untracked and ignored there: which index it has,
 * and what is configured to be ignored. `undefined` where that cannot be told, or has changed a moment ago.
 *
 * @param seed Names the index that the shadow's was made from
 */
export async function listingKey(
  { folder, leftOut, env }: Pick<Shadow, 'folder' | 'leftOut' | 'env'>,
  { config }: Pick<WorkTree, 'config'>,
  seed: string | undefined,
): Promise<string | undefined> {
  const excludes = excludesFile(config.get('core.excludesfile'), env);
  if (excludes === undefined) return undefined;
  // Without an index everything is new.
  if ((await changedMs(join(folder, 'index'))) === 0) return undefined;
  const own = ['config', 'info/exclude', 'info/sparse-checkout'].map((name) => join(folder, name));
  const changed = await Promise.all([...own, excludes].map(changedMs));
  if (changed.some((ms) => Date.now() - ms < coarsestMs)) return undefined;
  return JSON.stringify([seed, leftOut, excludes, changed]);
}

/** What the user ignores everywhere (gitignore(5)). `undefined` where only git can say which file that is. */
function excludesFile(own: string | undefined, env: Readonly<Record<string, string>>): string | undefined {
  const { HOME: home, XDG_CONFIG_HOME: settings } = env;
  if (own === undefined) {
    if (settings) return join(settings, 'git/ignore');
    return home === undefined ? undefined : join(home, '.config/git/ignore');
  }
  if (own.startsWith('~/') && home !== undefined) return join(home, own.slice(2));
  return isAbsolute(own) ? own : undefined;
}

/** 0 where there is none. */
async function changedMs(file: string): Promise<number> {
  return stat(file).then(
    ({ ctimeMs }) => ctimeMs,
    () => 0,
  );
}
