import { splitNul } from '../git/git.ts';
import { displayPath, type RawPath } from '../git/raw-path.ts';
import { isDependency } from './dependency-folders.ts';
import type { InnerRepository } from './inner-repositories.ts';
import type { LeftHere } from './left-here.ts';
import type { Shadow } from './shadow.ts';

/** What git ignores in a work tree, as far as a task is concerned. */
export interface Ignored {
  /** Dependency folders, which go along beside the snapshot. */
  readonly dependencies: readonly string[];
  /** Files which stay although the line may need them. */
  readonly staying: readonly string[];
  /** Everything that is ignored, whole folders as one. */
  readonly paths: readonly RawPath[];
}

/** Names of files that projects keep out of git and yet need in order to run. */
const needed = [
  /^\.env(\..+)?$/,
  /^\.envrc$/,
  /^\.npmrc$/,
  /\.local$/,
  /\.local\.[a-z]+$/,
  /^local\.(properties|settings\.json)$/,
  /\.tfvars$/,
  /(^|[._-])secrets?([._-]|$)/,
  /(^|[._-])credentials?([._-]|$)/,
  /\.(pem|key|p12|keystore)$/,
];

/**
 * Lists what is ignored: a folder, which ends in `/`, as one; one that is not ignored, but holds nothing else, before
 * what it holds.
 */
export async function listIgnored(shadow: Shadow, signal?: AbortSignal): Promise<RawPath[]> {
  const listed = await shadow.git(['ls-files', '-oi', '--exclude-standard', '--directory', '-z'], { signal });
  return splitNul(listed.stdout);
}

/**
 * Sorts out what matters of what is ignored. What a `.prefishignore` names is not asked about: somebody has said what
 * becomes of it.
 */
export async function sortIgnored(
  listed: readonly RawPath[],
  root: string,
  left: LeftHere,
): Promise<Ignored> {
  const paths = listed.map(withoutSlash).filter((path) => !left.covers(path));
  const dependency = await Promise.all(paths.map((path) => isDependency(root, path)));
  return {
    paths,
    dependencies: paths.filter((_, index) => dependency[index]).map(displayPath),
    staying: paths.filter((path, index) => !dependency[index] && isNeeded(path)).map(displayPath),
  };
}

/** What is ignored in a work tree and in the repositories inside it. */
export async function withIgnoredInside(
  own: Promise<Ignored>,
  inner: readonly InnerRepository[],
): Promise<Ignored> {
  const { paths, ...sum } = await own;
  for (const { path, captured } of inner) {
    const inside = await captured.ignored;
    const below = (name: string): string => `${displayPath(path)}/${name}`;
    sum.dependencies = [...sum.dependencies, ...inside.dependencies.map(below)];
    sum.staying = [...sum.staying, ...inside.staying.map(below)];
  }
  return { paths, ...sum };
}

/** The folders and files of a listing that are ignored themselves. */
export function ignoredThemselves(listed: readonly RawPath[]): RawPath[] {
  const isAround = (path: RawPath, next = ''): boolean => path.endsWith('/') && next.startsWith(path);
  return listed.filter((path, index) => !isAround(path, listed[index + 1])).map(withoutSlash);
}

function withoutSlash(path: RawPath): RawPath {
  return path.replace(/\/$/, '');
}

function isNeeded(path: RawPath): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return needed.some((pattern) => pattern.test(name));
}
