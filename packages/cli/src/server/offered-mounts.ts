import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import type { Runtime } from '@prefish/server';
import { isInside } from '../trust/trusted-path.ts';

type Mount = Runtime['mounts'][number];

/**
 * Binds these files where they are, and nothing that lies beside them: secrets do. With each file goes the
 * nearest package.json, which says how Node reads it; with one of a package the `node_modules` around it.
 * Links on the way stay links, as a module's imports are looked for where its file really is.
 */
export function offeredMounts(files: readonly string[], folders: readonly string[]): readonly Mount[] {
  const real = files.map((path) => realpathSync(path));
  const installed = real.map(modulesOf).filter((path) => path !== undefined);
  const whole = withoutInner([...folders.map((path) => realpathSync(path)), ...installed]);
  const single = real.filter((path) => !whole.some((folder) => isInside(path, folder)));
  const manifests = single.map(manifestOf).filter((path) => path !== undefined);
  const links = [...files, ...folders]
    .flatMap(linksOn)
    .filter((path) => !whole.some((folder) => isInside(path, folder)));
  return [
    ...Array.from(new Set([...whole, ...single, ...manifests]), (path) => ({ source: path, target: path })),
    ...Array.from(new Set(links), (path) => ({ source: path, target: path, link: true as const })),
  ];
}

/** The outermost `node_modules` in which a file lies. */
function modulesOf(path: string): string | undefined {
  const inside = path.indexOf(`${sep}node_modules${sep}`);
  return inside < 0 ? undefined : path.slice(0, inside + `${sep}node_modules`.length);
}

function withoutInner(folders: readonly string[]): string[] {
  return [...new Set(folders)].filter(
    (folder, _, all) => !all.some((other) => other !== folder && isInside(folder, other)),
  );
}

function manifestOf(path: string): string | undefined {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest)) return realpathSync(manifest);
    if (folder === dirname(folder)) return undefined;
  }
}

/** The symbolic links on the way to what `path` leads to, the outermost first. */
function linksOn(path: string): string[] {
  const links: string[] = [];
  let at = '';
  for (const part of path.split(sep).slice(1)) {
    const next = `${at}${sep}${part}`;
    if (lstatSync(next).isSymbolicLink()) links.push(next);
    at = realpathSync(next);
  }
  return links;
}
