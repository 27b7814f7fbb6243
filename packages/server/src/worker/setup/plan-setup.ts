import { createHash } from 'node:crypto';
import { arch, platform, versions } from 'node:process';
import { dirname, join } from 'node:path';
import { git } from '../../repositories/git.ts';
import type { KeptRequest } from '../../store/store.ts';
import { ecosystems, type Installer } from './installers.ts';

/** What is to be run before the line, where dependencies do not travel. */
export interface SetupPlan {
  readonly command: string;
  /** Where it runs, relative to the top. */
  readonly folder: string;
  /** What it fills below HOME. */
  readonly home: readonly string[];
  /** The same wherever it makes the same; absent where nothing says what it depends on. */
  readonly key?: string;
}

/**
 * The set-up command of a task: what its submitter said, else what the lockfiles in its folder ask for, or at the
 * top where that has none. `undefined` when there is nothing to set up.
 */
export async function planSetup(
  { cwd, options }: Pick<KeptRequest, 'cwd' | 'options'>,
  {
    gitDir,
    commit,
    signal,
  }: { readonly gitDir: string; readonly commit: string; readonly signal?: AbortSignal | undefined },
): Promise<SetupPlan | undefined> {
  const folders = [...new Set([cwd.replace(/\/+$/, ''), ''])];
  for (const folder of folders) {
    const files = await filesOf(gitDir, commit, folder, signal);
    const installers = ecosystems.flatMap((each) => each.find((one) => isThere(one, files)) ?? []);
    if (installers.length === 0) continue;
    const command = options.setup ?? installers.map((installer) => installer.command).join(' && ');
    const locks = installers.map(({ lockfile }) => `${lockfile} ${files.get(lockfile)}`);
    return {
      command,
      folder: options.setup === undefined ? folder : '',
      home: installers.flatMap(({ home = [] }) => home),
      key: hash([command, folder, `${platform}-${arch}-${versions.modules}`, ...locks]),
    };
  }
  return options.setup === undefined ? undefined : { command: options.setup, folder: '', home: [] };
}

function isThere({ lockfile, beside }: Installer, files: ReadonlyMap<string, string>): boolean {
  return files.has(lockfile) && (beside === undefined || files.has(beside));
}

/** The plain files of a folder of a commit, by their names, and what they hold. */
async function filesOf(
  gitDir: string,
  commit: string,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, string>> {
  const where = folder === '' ? [] : ['--', `${folder}/`];
  const { stdout } = await git(['ls-tree', '-z', commit, ...where], { gitDir, signal });
  const found = new Map<string, string>();
  for (const entry of stdout.toString('utf8').split('\0').slice(0, -1)) {
    const [, type, id, path] = /^\d+ (\w+) (\w+)\t([^]*)$/.exec(entry) ?? [];
    if (type === 'blob' && dirname(join('/', path!)) === join('/', folder)) {
      found.set(path!.slice(folder === '' ? 0 : folder.length + 1), id!);
    }
  }
  return found;
}

function hash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
