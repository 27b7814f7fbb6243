import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../../packages/durable/src/index.ts';
import { packPackages } from '../../scripts/workspace/pack.mjs';
export { pnpm } from '../../scripts/workspace/prepare.mjs';

const workspace = join(import.meta.dirname, '..', '..');
const cache = join(workspace, 'node_modules', '.prefish', 'packed');

/** Every package of the workspace, as it would be published. */
export interface PackedWorkspace {
  /** Where they are: what `--packed` takes. */
  readonly folder: string;
  /** The tarball of each package by its name: absolute paths. */
  readonly tarballs: Readonly<Record<string, string>>;
  /** The same as specs, for `overrides` of npm or pnpm: what is not on a registry yet comes from here. */
  readonly overrides: Readonly<Record<string, string>>;
}

/**
 * Builds and packs all packages and plugins, unless that was done from the same files before; tests
 * that ask at the same time wait for one another. The command itself is packed as it was built.
 *
 * @example
 * const { tarballs, overrides } = await packedWorkspace();
 * await writeFile('package.json', JSON.stringify({ dependencies: { prefish: `file:${tarballs['prefish']}` } }));
 */
export async function packedWorkspace(): Promise<PackedWorkspace> {
  const folder = join(cache, await contentKey());
  if (!existsSync(folder)) {
    await withLock(join(cache, 'lock'), () => (existsSync(folder) ? undefined : pack(folder)), {
      timeoutMs: 60_000,
    });
  }
  const files = JSON.parse(await readFile(join(folder, 'tarballs.json'), 'utf8')) as Record<string, string>;
  const tarballs = Object.fromEntries(
    Object.entries(files).map(([name, file]) => [name, join(folder, file)]),
  );
  const overrides = Object.fromEntries(
    Object.entries(tarballs).map(([name, path]) => [name, `file:${path}`]),
  );
  return { folder, tarballs, overrides };
}

async function pack(folder: string): Promise<void> {
  await removeOldest();
  const unfinished = `${folder}.unfinished`;
  await packPackages(unfinished, process.env);
  await rename(unfinished, folder);
}

/** Leaves the newest few: a test may still install from one that was made before the last change. */
async function removeOldest(): Promise<void> {
  const names = (await readdir(cache)).filter((name) => !name.startsWith('lock'));
  const ages = names.map(async (name) => ({ name, at: (await stat(join(cache, name))).mtimeMs }));
  const newestFirst = (await Promise.all(ages)).sort((a, b) => b.at - a.at);
  for (const { name } of newestFirst.slice(3)) await rm(join(cache, name), { recursive: true, force: true });
}

/** Changes with every file that is built or packed. */
async function contentKey(): Promise<string> {
  const hash = createHash('sha256');
  for (const group of ['packages', 'plugins']) {
    for (const name of (await readdir(join(workspace, group))).sort()) {
      const folder = join(workspace, group, name);
      const parts = [
        'package.json',
        'README.md',
        'src',
        'bin',
        'template',
        ...(name === 'cli' ? ['dist'] : []),
      ];
      for (const part of parts) for (const line of await identities(join(folder, part))) hash.update(line);
    }
  }
  return hash.digest('hex').slice(0, 16);
}

async function identities(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return [];
  if (found.isFile()) return [`${path} ${found.size} ${found.mtimeMs}\n`];
  const names = (await readdir(path)).sort().filter((name) => name !== 'node_modules');
  return (await Promise.all(names.map((name) => identities(join(path, name))))).flat();
}
