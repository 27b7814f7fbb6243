import { existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { clone, node, prefish, tool } from './folders.mjs';
import { filesBelow, identity, packageFolders, stamp } from './stamp.mjs';
import { mustRun } from './step.mjs';

// Pinned here and not in package.json: a packageManager field makes this version of pnpm look for
// platform packages that the registry does not have.
export const pnpm = 'pnpm@12.21.0';

/** Installs the workspace, where the lock file or a manifest has changed since the last time. */
export async function install(env) {
  const manifests = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']
    .map((name) => join(clone, name))
    .concat(packageFolders().map((folder) => join(folder, 'package.json')));
  const installed = stamp(
    'install',
    manifests.map((path) => readFileSync(path, 'utf8')),
  );
  if (installed.fresh && existsSync(node)) return;
  process.stderr.write('prefish: installing…\n');
  await mustRun('the installation', 'npx', ['-y', pnpm, 'install', '--frozen-lockfile'], {
    cwd: clone,
    env,
    quiet: true,
  });
  installed.save();
}

/** What a package is built from. */
const inputs = ['src', 'template', 'public', 'index.html', 'tsdown.config.ts', 'vite.config.ts'];

/** Builds the command, where a source has changed since the last time. */
export async function build(env) {
  const sources = packageFolders()
    .flatMap((folder) => inputs.map((name) => join(folder, name)))
    .filter((path) => existsSync(path))
    .flatMap((path) => (extname(path) === '' ? filesBelow(path) : [path]));
  const built = stamp('build', [...sources, join(clone, 'pnpm-lock.yaml')].map(identity));
  const folder = join(prefish, '..', '..');
  if (built.fresh && existsSync(join(folder, 'dist', 'main.mjs'))) return;
  process.stderr.write('prefish: building…\n');
  await mustRun('the build', tool('tsdown'), [], { cwd: folder, env: withNode(env), quiet: true });
  built.save();
}

/** The environment for tools of the workspace: its own Node comes first. */
export function withNode(env) {
  return { ...env, PATH: `${join(clone, 'node_modules', '.bin')}:${env.PATH}` };
}
