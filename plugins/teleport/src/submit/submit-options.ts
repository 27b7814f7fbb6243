import { stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { PrefishError, type Network, type TaskOptions } from '@prefish/protocol';
import type { WorkTree } from '../snapshot/work-tree.ts';
import type { SubmitValues } from './submit-args.ts';

/** What the options ask for, apart from where the paths of `--carry` and `--keep` are. */
export type Asked = Pick<TaskOptions, 'timeout' | 'retries' | 'network' | 'setup'> & {
  /** Tasks that must have completed first. */
  readonly after: readonly string[];
  /** Tasks that must have ended first, however they did. */
  readonly afterAny: readonly string[];
  readonly carry: readonly string[];
  readonly keep: readonly string[];
  /** How many tasks to make of the line. */
  readonly attempts: number;
};

/** The most tasks that one line becomes, as the server takes them. */
const mostAttempts = 16;
/** Behind the name of a task: any end of it will do. */
const anyEnd = ':any';

const networks: readonly string[] = ['none', 'allowlist', 'full'] satisfies Network[];

/** Checks the options. @throws PREFISH_USAGE naming the option */
export function readSubmitOptions(values: SubmitValues): Asked {
  const attempts = values.attempts === undefined ? 1 : numberOf('attempts', values.attempts, true);
  if (attempts < 1 || attempts > mostAttempts) {
    throw new PrefishError('PREFISH_USAGE', `--attempts: ${attempts} is not from 1 to ${mostAttempts}`);
  }
  const after = values.after ?? [];
  const { network } = values;
  if (network !== undefined && !networks.includes(network)) {
    throw new PrefishError('PREFISH_USAGE', `--network: “${network}” is none of ${networks.join(', ')}`);
  }
  const { setup } = values;
  if (setup?.trim() === '') throw new PrefishError('PREFISH_USAGE', '--setup: there is no command');
  return {
    after: after.filter((reference) => !reference.endsWith(anyEnd)),
    afterAny: after
      .filter((reference) => reference.endsWith(anyEnd))
      .map((reference) => reference.slice(0, -anyEnd.length)),
    carry: values.carry ?? [],
    keep: values.keep ?? [],
    attempts,
    ...(values.timeout === undefined ? {} : { timeout: numberOf('timeout', values.timeout, false) }),
    ...(values.retries === undefined ? {} : { retries: numberOf('retries', values.retries, true) }),
    ...(network === undefined ? {} : { network: network as Network }),
    ...(setup === undefined ? {} : { setup }),
  };
}

/**
 * The paths of `--carry`, which are relative to `cwd`, relative to the top of the work tree.
 *
 * @throws PREFISH_USAGE for a path outside the tree or one that is not there
 */
export async function carriedPaths(paths: readonly string[], cwd: string, tree: WorkTree): Promise<string[]> {
  return Promise.all(
    pathsInTree('carry', paths, cwd, tree).map(async (inside, index) => {
      await stat(join(tree.root, inside)).catch((cause: unknown) => {
        throw new PrefishError('PREFISH_USAGE', `--carry: ${paths[index]} is not there`, { cause });
      });
      return inside;
    }),
  );
}

/**
 * The paths of an option, which are relative to `cwd`, relative to the top of the work tree. They need not be there.
 *
 * @throws PREFISH_USAGE for a path outside the tree
 */
export function pathsInTree(
  option: 'carry' | 'keep',
  paths: readonly string[],
  cwd: string,
  tree: WorkTree,
): string[] {
  const here = join(tree.root, tree.cwd);
  return paths.map((path) => {
    const inside = relative(tree.root, isAbsolute(path) ? relocate(path, cwd, here) : resolve(here, path));
    if (inside !== '' && inside.split('/')[0] !== '..' && !isAbsolute(inside)) return inside;
    throw new PrefishError('PREFISH_USAGE', `--${option}: ${path} is not inside ${tree.root}`);
  });
}

/** Those of the paths, relative to the top, that are inside the tree and there: what the configuration carries need not be everywhere. */
export async function presentPaths(paths: readonly string[], tree: WorkTree): Promise<string[]> {
  const there = await Promise.all(
    paths.map((path) =>
      carriedPaths([path], join(tree.root, tree.cwd), { ...tree, cwd: '' }).catch(() => []),
    ),
  );
  return there.flat();
}

/** An absolute path below the folder as the user names it, which may lead through symlinks. */
function relocate(path: string, cwd: string, here: string): string {
  const inside = relative(cwd, path);
  return inside.split('/')[0] === '..' ? path : resolve(here, inside);
}

function numberOf(name: string, text: string, whole: boolean): number {
  const value = Number(text);
  const valid =
    text.trim() !== '' &&
    Number.isFinite(value) &&
    (whole ? Number.isInteger(value) && value >= 0 : value > 0);
  if (valid) return value;
  throw new PrefishError(
    'PREFISH_USAGE',
    `--${name}: “${text}” is not ${whole ? 'a whole number' : 'a number of seconds above 0'}`,
    whole ? {} : { hint: `--${name} 300 is five minutes` },
  );
}
