import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { clone } from './folders.mjs';
import { pnpm, withNode } from './prepare.mjs';

const run = promisify(execFile);
const published = [
  '--recursive',
  '--filter',
  './packages/*',
  '--filter',
  './plugins/*',
  '--filter',
  '!@prefish/web',
];

/**
 * Builds every package and packs it into a folder as it would be published; the command itself is packed
 * as it was built. Resolves with the file name of each by its package's name, which is in the folder's
 * `tarballs.json` too.
 */
export async function packPackages(folder, env) {
  const options = { cwd: clone, env: withNode(env), maxBuffer: 64 * 1024 * 1024 };
  const step = (...args) => run('npx', ['--prefer-offline', '-y', pnpm, ...published, ...args], options);
  mkdirSync(folder, { recursive: true });
  await step('--filter', '!prefish', 'run', 'build');
  const { stdout } = await step('pack', '--json', '--pack-destination', folder);
  const tarballs = Object.fromEntries(
    JSON.parse(stdout).map(({ name, filename }) => [name, basename(filename)]),
  );
  writeFileSync(join(folder, 'tarballs.json'), `${JSON.stringify(tarballs, undefined, 2)}\n`);
  return tarballs;
}
