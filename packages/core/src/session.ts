import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { errorMessage, PrefishError } from '@prefish/protocol';
import type { Session } from './context.ts';

/** A session that begins in `cwd` with `env`. Belongs to one shell; the process's own folder and variables stay as they are. */
export function createSession(cwd: string, env: Readonly<Record<string, string>>): Session {
  let folder = checkedFolder(cwd, cwd);
  let variables = env;
  return {
    get cwd() {
      return folder;
    },
    get env() {
      return variables;
    },
    changeFolder: (path) => {
      folder = checkedFolder(resolve(folder, path), path);
    },
    setEnv: (next) => {
      variables = next;
    },
  };
}

function checkedFolder(path: string, named: string): string {
  const complain = (reason: string, cause?: unknown): PrefishError =>
    new PrefishError('PREFISH_NOT_A_FOLDER', `${named}: ${reason}`, { cause });
  try {
    if (!statSync(path).isDirectory()) throw complain('is not a folder');
    accessSync(path, constants.X_OK);
  } catch (cause) {
    if (cause instanceof PrefishError) throw cause;
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw complain(missing ? 'there is no such folder' : errorMessage(cause), cause);
  }
  return path;
}
