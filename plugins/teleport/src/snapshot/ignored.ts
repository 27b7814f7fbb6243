import { splitNul } from '../git/git.ts';
import { displayPath, type RawPath } from '../git/raw-path.ts';
import { isDependency } from './dependency-folders.ts';
import type { Shadow } from './shadow.ts';

/** What git ignores in a work tree, as far as a task is concerned. */
export interface Ignored {
  /** Dependency folders, which go along beside the snapshot. */
  readonly dependencies: readonly string[];
  /** Files which stay although the line may need them. */
  readonly staying: readonly string[];
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

/** Lists what is ignored, whole folders as one, and sorts out what matters. */
export async function findIgnored(shadow: Shadow, root: string, signal?: AbortSignal): Promise<Ignored> {
  const listed = await shadow.git(['ls-files', '-oi', '--exclude-standard', '--directory', '-z'], { signal });
  const paths = splitNul(listed.stdout).map((path) => path.replace(/\/$/, ''));
  const dependency = await Promise.all(paths.map((path) => isDependency(root, path)));
  return {
    dependencies: paths.filter((_, index) => dependency[index]).map(displayPath),
    staying: paths.filter((path, index) => !dependency[index] && isNeeded(path)).map(displayPath),
  };
}

function isNeeded(path: RawPath): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return needed.some((pattern) => pattern.test(name));
}
