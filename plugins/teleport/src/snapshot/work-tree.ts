import { access, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { PrefishError, type RepositoryHistory } from '@prefish/protocol';
import { printable } from './describe-snapshot.ts';
import { splitNul, gitFailure, type Git } from '../git/git.ts';

/** Where the user's repository keeps what a snapshot borrows or copies. */
export interface Repository {
  /** Of this work tree: index, HEAD, `info/sparse-checkout`. */
  readonly gitDir: string;
  /** Shared by all work trees: objects, `info/exclude`. */
  readonly commonDir: string;
  /** The history is not complete, so it cannot be pushed. */
  readonly partial: boolean;
  /** Whether its objects can be a part of a snapshot, which has ids of sha1: else it keeps its history to itself. */
  readonly borrowable: boolean;
}

/** The folder that goes as a whole: the top of a work tree, or outside git the folder itself. */
export interface WorkTree {
  /** Absolute, without symlinks. */
  readonly root: string;
  /** The current folder relative to `root`; `''` at the top. */
  readonly cwd: string;
  /** Absent outside git. */
  readonly repository?: Repository;
  /** The commit of HEAD; `null` before the first one and outside git. */
  readonly commit: string | null;
  readonly branch: string | null;
  /** Git's configuration as it holds in this folder, keys in lower case. */
  readonly config: ReadonlyMap<string, string>;
}

const questions = [
  '--is-bare-repository',
  '--is-inside-work-tree',
  '--show-object-format',
  '--is-shallow-repository',
  '--absolute-git-dir',
  '--path-format=absolute',
  '--git-common-dir',
  '--show-prefix',
  '--show-toplevel',
  'HEAD',
];

/**
 * Finds the work tree around `cwd`.
 *
 * @param home The user's home folder, which is never sent as a whole
 * @throws PREFISH_SNAPSHOT_REFUSED for a home folder outside git, a bare repository, a `.git` folder,
 * a path with a line break or one that is not UTF-8
 */
export async function findWorkTree(
  git: Git,
  cwd: string,
  home: string | undefined,
  signal?: AbortSignal,
): Promise<WorkTree> {
  await refuseUnspeakable(cwd);
  const [asked, config] = await Promise.all([
    git(['rev-parse', ...questions], { cwd, codes: [0, 128], signal }),
    readConfig(git, cwd, signal),
  ]);
  const answers = asked.stdout.toString('utf8').split('\n');
  if (answers[0] !== 'true' && answers[0] !== 'false') {
    if (/not a git repository \(or any/.test(asked.stderr)) return plainFolder(cwd, home, config);
    throw gitFailure(['rev-parse'], asked);
  }
  return workTree(answers, config, asked.code === 0);
}

/** The history that a snapshot goes on from, where it is whole. */
export function historyOf({ repository, commit }: WorkTree): RepositoryHistory | undefined {
  if (commit === null || repository === undefined || repository.partial) return undefined;
  return { objects: join(repository.commonDir, 'objects'), commit };
}

async function workTree(
  answers: readonly string[],
  config: ReadonlyMap<string, string>,
  born: boolean,
): Promise<WorkTree> {
  const [bare, inside, format, shallow, gitDir = '', commonDir = '', prefix = '', root = '', commit] =
    answers;
  if (bare === 'true' || inside !== 'true') {
    throw new PrefishError(
      'PREFISH_SNAPSHOT_REFUSED',
      bare === 'true'
        ? 'This is a bare repository: it has no files to send'
        : 'This is the inside of a .git folder',
      { hint: 'Go to a folder with files.' },
    );
  }
  // One answer a line: a path with a line break is taken for two.
  if (answers.length !== questions.length) throw unspeakable(root);
  const borrowable = format === 'sha1';
  return {
    root,
    cwd: prefix.replace(/\/$/, ''),
    repository: {
      gitDir,
      commonDir,
      partial: shallow === 'true' || [...config.keys()].some((key) => /^remote\..*\.promisor$/.test(key)),
      borrowable,
    },
    commit: born && borrowable && commit !== undefined ? commit : null,
    branch: await readBranch(gitDir),
    config,
  };
}

/** Bytes that are not UTF-8 have become U+FFFD: nothing is found under such a name. */
async function refuseUnspeakable(folder: string): Promise<void> {
  if (folder.includes('\n')) throw unspeakable(folder);
  if (folder.includes('\ufffd') && !(await isThere(folder))) throw unspeakable(folder);
}

function unspeakable(folder: string): PrefishError {
  return new PrefishError(
    'PREFISH_SNAPSHOT_REFUSED',
    `The path of ${printable(folder)} holds a line break or bytes that are not UTF-8`,
    { hint: 'Give the folder another name; nothing was sent.' },
  );
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function plainFolder(
  cwd: string,
  home: string | undefined,
  config: ReadonlyMap<string, string>,
): Promise<WorkTree> {
  const root = await realpath(cwd);
  const guarded = home === undefined ? '/' : await realpath(home).catch(() => home);
  if (root === '/' || `${guarded}/`.startsWith(`${root}/`)) {
    throw new PrefishError('PREFISH_SNAPSHOT_REFUSED', `${root} is not a folder to send as a whole`, {
      hint: 'Go to the folder of a project, or make this one a repository with `git init`.',
    });
  }
  return { root, cwd: '', commit: null, branch: null, config };
}

async function readBranch(gitDir: string): Promise<string | null> {
  const head = await readFile(join(gitDir, 'HEAD'), 'utf8');
  return /^ref: refs\/heads\/(.+)\n?$/.exec(head)?.[1] ?? null;
}

async function readConfig(git: Git, cwd: string, signal?: AbortSignal): Promise<Map<string, string>> {
  const listed = await git(['config', '--list', '-z'], { cwd, codes: [0, 1, 128], signal });
  return new Map(
    splitNul(listed.stdout).map((entry): [string, string] => {
      const end = entry.indexOf('\n');
      if (end === -1) return [entry, 'true'];
      return [entry.slice(0, end), Buffer.from(entry.slice(end + 1), 'latin1').toString('utf8')];
    }),
  );
}
