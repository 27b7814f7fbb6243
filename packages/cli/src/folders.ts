import { homedir, userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** Where prefish keeps its things. Absolute paths; nothing is created here. */
export interface Folders {
  readonly config: string;
  /** Logs, records, locks: what may be lost without losing work. */
  readonly state: string;
  /** What can be made again. */
  readonly cache: string;
  /** Tasks, repositories, undo points: the user's own. */
  readonly data: string;
  /** Installed plugins. Default: `plugins` in {@link data}. */
  readonly plugins?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The user's home. A relative HOME would be another one in each folder, and is none. */
export function homeFolder(env: Environment = process.env): string {
  const home = env['HOME'] || homedir();
  return isAbsolute(home) ? home : userInfo().homedir;
}

/**
 * prefish's folders: below `PREFISH_HOME` when that is set, else those of the XDG base directory
 * specification 0.8 (relative values are ignored, as it asks), else the platform's own.
 */
export function findFolders(
  env: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): Folders {
  if (env['PREFISH_HOME']) {
    const home = resolve(env['PREFISH_HOME']);
    return {
      config: join(home, 'config'),
      state: join(home, 'state'),
      cache: join(home, 'cache'),
      data: join(home, 'data'),
    };
  }
  const home = homeFolder(env);
  const support = join(home, 'Library', 'Application Support');
  const own =
    platform === 'darwin'
      ? { config: support, state: support, cache: join(home, 'Library', 'Caches'), data: support }
      : {
          config: join(home, '.config'),
          state: join(home, '.local', 'state'),
          cache: join(home, '.cache'),
          data: join(home, '.local', 'share'),
        };
  const folder = (kind: keyof typeof own): string => {
    const chosen = env[`XDG_${kind.toUpperCase()}_HOME`];
    return join(chosen && isAbsolute(chosen) ? chosen : own[kind], 'prefish');
  };
  return { config: folder('config'), state: folder('state'), cache: folder('cache'), data: folder('data') };
}
