import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { clone } from './folders.mjs';

/** A stamp remembers from what a step was made, so that it is not made again from the same. */
export function stamp(name, inputs) {
  const file = join(clone, 'node_modules', '.prefish', name);
  const hash = createHash('sha256');
  for (const input of inputs) hash.update(`${input}\0`);
  const current = hash.digest('hex');
  return {
    fresh: existsSync(file) && readFileSync(file, 'utf8') === current,
    save: () => {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, current);
    },
  };
}

/** What says whether a file changed, without reading it. */
export function identity(path) {
  const { size, mtimeMs } = statSync(path);
  return `${path} ${size} ${mtimeMs}`;
}

/** All files below a folder, sorted. */
export function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** The folders of the workspace's packages. */
export function packageFolders() {
  return ['packages', 'plugins', 'examples']
    .map((group) => join(clone, group))
    .filter((group) => existsSync(group))
    .flatMap((group) => readdirSync(group).map((name) => join(group, name)))
    .filter((folder) => existsSync(join(folder, 'package.json')));
}
