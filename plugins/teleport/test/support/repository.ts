import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openGit, type Git } from '../../src/git/git.ts';
import { openShadow, type Shadow } from '../../src/snapshot/shadow.ts';
import type { SnapshotDetails } from '../../src/snapshot/snapshot-details.ts';
import { takeSnapshot, type Snapshot } from '../../src/snapshot/take-snapshot.ts';
import { findWorkTree, type WorkTree } from '../../src/snapshot/work-tree.ts';

/** A folder of a test's own, with a home and prefish's folders in it. */
export interface Scratch extends Disposable {
  readonly root: string;
  readonly home: string;
  readonly folders: { readonly cache: string; readonly data: string };
  readonly env: Record<string, string>;
  /** A git repository with these files in its first commit; without files, one without commits. */
  repository(files?: Readonly<Record<string, string>>, name?: string): TestRepository;
  openGit(): Promise<Git>;
  capture(cwd: string): Promise<Captured>;
}

/** A snapshot, and what it was taken with. */
export interface Captured {
  readonly git: Git;
  readonly tree: WorkTree;
  readonly shadow: Shadow;
  readonly snapshot: Snapshot & SnapshotDetails;
}

/** A repository that a test made. */
export interface TestRepository {
  readonly path: string;
  git(...args: readonly string[]): string;
  write(files: Readonly<Record<string, string | Buffer>>): void;
}

/** Makes a {@link Scratch}. */
export function scratch(): Scratch {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'prefish-teleport-')));
  const home = join(root, 'home');
  mkdirSync(home);
  writeFileSync(
    join(home, '.gitconfig'),
    '[user]\n\tname = Test\n\temail = test@example.com\n[init]\n\tdefaultBranch = main\n[core]\n\tfsync = none\n',
  );
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'C.UTF-8' };
  const folders = { cache: join(root, 'cache'), data: join(root, 'data') };
  return {
    root,
    home,
    folders,
    env,
    repository(files = {}, name = 'repository') {
      const path = join(root, name);
      const repository = at(path, env);
      mkdirSync(path, { recursive: true });
      repository.git('init', '-q');
      repository.write(files);
      if (Object.keys(files).length > 0) {
        repository.git('add', '-A');
        repository.git('commit', '-qm', 'first');
      }
      return repository;
    },
    openGit: () => openGit(env),
    async capture(cwd) {
      const git = await openGit(env);
      const tree = await findWorkTree(git, cwd, home);
      const shadow = await openShadow(git, tree, folders);
      const snapshot = await takeSnapshot(shadow, tree);
      return { git, tree, shadow, snapshot: { ...snapshot, ...(await snapshot.details) } };
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** The repository at a path. */
export function at(path: string, env: Record<string, string>): TestRepository {
  return {
    path,
    git: (...args) =>
      execFileSync('git', args, {
        cwd: path,
        env,
        stdio: ['ignore', 'pipe', 'ignore'],
        maxBuffer: 1 << 28,
      }).toString('latin1'),
    write(files) {
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(join(path, name)), { recursive: true });
        writeFileSync(join(path, name), content);
      }
    },
  };
}

/** The tree of a snapshot, one line a file: `mode id path`. */
export async function entries({ shadow, snapshot }: Captured): Promise<string[]> {
  const listed = await shadow.git(['ls-tree', '-r', '-z', snapshot.commit]);
  return listed.stdout
    .toString('latin1')
    .split('\0')
    .slice(0, -1)
    .map((line) => line.replace(/ (blob|commit) /, ' ').replace('\t', ' '));
}

/** The paths of a snapshot. */
export async function paths(captured: Captured): Promise<string[]> {
  return (await entries(captured)).map((line) => line.split(' ').slice(2).join(' '));
}

/** The content of a file in a snapshot. */
export async function contentOf({ shadow, snapshot }: Captured, path: string): Promise<string> {
  return (await shadow.git(['cat-file', 'blob', `${snapshot.commit}:${path}`])).stdout.toString('latin1');
}

/** Everything below a folder: path → mode and content. `.git` is left out unless asked for. */
export function fingerprint(
  folder: string,
  options: { readonly git?: boolean } = {},
): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (path: Buffer, name: string): void => {
    for (const entry of readdirSync(path, { encoding: 'buffer' })) {
      const child = Buffer.concat([path, Buffer.from('/'), entry]);
      const childName = name === '' ? entry.toString('latin1') : `${name}/${entry.toString('latin1')}`;
      if (childName === '.git' && options.git !== true) continue;
      const stat = lstatSync(child);
      if (stat.isDirectory()) {
        found[`${childName}/`] = '';
        walk(child, childName);
      } else {
        const content = stat.isSymbolicLink() ? readlinkSync(child, 'buffer') : readFileSync(child);
        found[childName] = `${stat.mode.toString(8)} ${createHash('sha256').update(content).digest('hex')}`;
      }
    }
  };
  walk(Buffer.from(folder), '');
  return found;
}
