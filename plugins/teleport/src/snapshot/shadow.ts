import { createHash, randomBytes } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { replaceFile } from '@prefish/durable';
import { PrefishError } from '@prefish/protocol';
import type { Git, GitResult, GitRun } from '../git/git.ts';
import { displayPath, rawPath, type RawPath } from '../git/raw-path.ts';
import type { TeleportOptions } from '../options.ts';
import { plainExcludes } from './dependency-folders.ts';
import { shadowConfig } from './shadow-config.ts';
import { findWorkTree, type WorkTree } from './work-tree.ts';

/**
 * A bare repository of prefish's own beside the user's: its own index and objects, the user's
 * objects borrowed. Whatever a snapshot writes goes here.
 */
export interface Shadow {
  readonly folder: string;
  /** Held while its index is in use. */
  readonly lockPath: string;
  /** The random id under which servers know the repository. */
  readonly repo: string;
  /** What no snapshot takes: pathspecs that exclude prefish's own folders, where these lie in the work tree. */
  readonly leftOut: readonly string[];
  /** The user's variables, as git gets them. */
  readonly env: Git['env'];
  /** Runs git with this repository and the user's work tree. */
  git(args: readonly string[], run?: GitRun): Promise<GitResult>;
  /**
   * The shadow of a repository inside the work tree.
   *
   * @throws PREFISH_SNAPSHOT_REFUSED for what is none, or belongs elsewhere; PREFISH_GIT_FAILED
   */
  openInner(path: RawPath, signal?: AbortSignal): Promise<OpenedShadow>;
}

/** A shadow and the work tree that it is of. */
export interface OpenedShadow {
  readonly shadow: Shadow;
  readonly tree: WorkTree;
}

/** Where a shadow has the path of the work tree that it is of. */
export const rootFile = 'prefish-root';

/** Names the shadow of a work tree, and its undo points: the same for as long as the tree stays where it is. */
export function workTreeKey(tree: Pick<WorkTree, 'root' | 'repository'>): string {
  const identity = `${tree.root}\0${tree.repository?.gitDir ?? ''}`;
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}

/**
 * The shadow of a work tree, made when absent, its configuration as the user's is now. Call it
 * under no lock: what it writes is written whole, and every caller would write the same.
 */
export async function openShadow(
  git: Git,
  tree: WorkTree,
  folders: TeleportOptions['folders'],
): Promise<Shadow> {
  const { cache, ...kept } = folders;
  const shadows = join(cache, 'shadows');
  const folder = join(shadows, `${workTreeKey(tree)}.git`);
  await Promise.all(
    ['objects/info', 'objects/pack', 'refs', 'info'].map((name) =>
      mkdir(join(folder, name), { recursive: true, mode: 0o700 }),
    ),
  );
  const borrowed = tree.repository;
  await Promise.all([
    keepFile(join(folder, 'HEAD'), 'ref: refs/heads/none\n'),
    keepFile(join(folder, rootFile), tree.root),
    keepFile(join(folder, 'config'), shadowConfig(tree.config)),
    keepAlternates(
      folder,
      borrowed?.borrowable === true ? alternate(join(borrowed.commonDir, 'objects')) : '',
    ),
    borrowed
      ? copyInfo(join(borrowed.commonDir, 'info/exclude'), join(folder, 'info/exclude'))
      : keepFile(join(folder, 'info/exclude'), await plainExcludes(tree.root)),
    borrowed && copyInfo(join(borrowed.commonDir, 'info/attributes'), join(folder, 'info/attributes')),
    borrowed && copyInfo(join(borrowed.gitDir, 'info/sparse-checkout'), join(folder, 'info/sparse-checkout')),
  ]);
  const repo = await repositoryId(join(folder, 'prefish-repository'));
  return {
    folder,
    lockPath: join(shadows, `${workTreeKey(tree)}.lock`),
    repo,
    leftOut: [cache, kept.data, kept.state].flatMap((own) => exclusionOf(own, tree.root)),
    env: git.env,
    git: (args, run = {}) =>
      git(args, { cwd: tree.root, ...run, env: { GIT_DIR: folder, GIT_WORK_TREE: tree.root, ...run.env } }),
    async openInner(path, signal) {
      const inner = await findInnerTree(git, tree.root, path, signal);
      return { tree: inner, shadow: await openShadow(git, inner, folders) };
    },
  };
}

/** Its `.git` could name any folder as its work tree. */
async function findInnerTree(git: Git, root: string, path: RawPath, signal?: AbortSignal): Promise<WorkTree> {
  const folder = displayPath(path);
  if (rawPath(folder) !== path) throw refused(folder, 'its path is not UTF-8');
  const place = join(root, folder);
  const inner = await findWorkTree(git, place, undefined, signal);
  if (inner.repository === undefined || inner.root !== place)
    throw refused(folder, 'it is no whole repository');
  return inner;
}

function refused(folder: string, why: string): PrefishError {
  return new PrefishError('PREFISH_SNAPSHOT_REFUSED', `${folder}: ${why}`);
}

/** Lets a shadow find the objects in these folders too, for as long as it borrows from the same repository. */
export async function borrowObjects(
  shadow: Pick<Shadow, 'folder'>,
  folders: readonly string[],
): Promise<void> {
  if (folders.length === 0) return;
  const file = join(shadow.folder, 'objects/info/alternates');
  const [own = '', ...known] = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
  const lines = [...new Set([...known, ...folders.map((folder) => alternate(folder).trimEnd())])];
  await keepFile(file, [own, ...lines, ''].join('\n'));
}

/** The first line is the repository's own. */
async function keepAlternates(folder: string, own: string): Promise<void> {
  const file = join(folder, 'objects/info/alternates');
  const found = await readFile(file, 'utf8').catch(() => '');
  const line = own === '' ? '\n' : own;
  if (!found.startsWith(line)) await replaceFile(file, line);
}

/** Keys, conversations and snapshots are in these folders; a `.gitignore` could say otherwise of them than an exclude file. */
function exclusionOf(folder: string | undefined, root: string): string[] {
  if (folder === undefined || !existsSync(folder)) return [];
  const path = relative(realpathSync(root), realpathSync(folder));
  const isInside = path !== '' && path !== '..' && !path.startsWith(`..${sep}`);
  return isInside ? [`:(top,exclude,literal)${path}`] : [];
}

/** Removes what a snapshot can make again. Packs stay while a ref names them: an undelivered snapshot lives there. */
export async function emptyShadow(shadow: Shadow): Promise<void> {
  const objects = join(shadow.folder, 'objects');
  const names = await readdir(objects);
  const loose = names.filter((name) => /^[0-9a-f]{2}$/.test(name)).map((name) => join('objects', name));
  const index = (await readdir(shadow.folder)).filter((name) =>
    /^(sharedindex|index|prefish-(seed|folders|filtered-index))/.test(name),
  );
  await Promise.all(
    [...loose, ...index].map((name) => rm(join(shadow.folder, name), { recursive: true, force: true })),
  );
}

async function repositoryId(file: string): Promise<string> {
  const found = await readFile(file, 'utf8').catch(() => '');
  if (/^[a-z0-9]{8,64}$/.test(found)) return found;
  await replaceFile(file, randomBytes(16).toString('hex'));
  return readFile(file, 'utf8');
}

async function copyInfo(from: string, to: string): Promise<void> {
  const content = await readFile(from).catch(() => undefined);
  if (content === undefined) await rm(to, { force: true });
  else await keepFile(to, content);
}

async function keepFile(path: string, content: string | Buffer): Promise<void> {
  const found = await readFile(path).catch(() => undefined);
  if (found?.equals(Buffer.from(content)) !== true) await replaceFile(path, content);
}

/** A line of `objects/info/alternates`: quoted as in C where git would misread it (gitrepository-layout(5)). */
function alternate(path: string): string {
  if (!/^["#]|\n/.test(path)) return `${path}\n`;
  return `"${path.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"\n`;
}
