import { displayPath, type RawPath } from '../git/raw-path.ts';

/** Something of the work tree that a snapshot could not take along. */
export interface NotCaptured {
  readonly path: string;
  /**
   * `unreadable` · `nested-repository`: a repository inside this one · `submodule`: likewise, and
   * registered · `lfs`: only the pointer goes · `other`: `path` is git's message
   */
  readonly why: 'unreadable' | 'nested-repository' | 'submodule' | 'lfs' | 'other';
}

/** Sentences of `git add --ignore-errors`, in English, and what each means. */
const sentences: readonly (readonly [RegExp, NotCaptured['why'] | undefined])[] = [
  [/^error: open\("(.*)"\): /, 'unreadable'],
  [/^warning: could not open directory '(.*?)\/?': /, 'unreadable'],
  [/^error: (?:readlink|lstat)\("(.*)"\): /, 'unreadable'],
  [/^error: '(.*?)\/?' does not have a commit checked out/, 'nested-repository'],
  [/^error: unable to index file '/, undefined],
  [/^error: unable to stat '/, undefined],
];

/** What `git add` said about files that it had to leave out. */
export function readAddErrors(stderr: string): NotCaptured[] {
  return stderr.split('\n').flatMap((line): NotCaptured[] => {
    for (const [pattern, why] of sentences) {
      const match = pattern.exec(line);
      if (match) return why === undefined ? [] : [{ path: match[1] ?? '', why }];
    }
    return line.startsWith('error: ') ? [{ path: line.slice(7), why: 'other' }] : [];
  });
}

/** Repositories inside this one: a snapshot records their commit and none of their files. */
export function innerRepositories(paths: readonly RawPath[], submodules: ReadonlySet<string>): NotCaptured[] {
  return paths
    .map(displayPath)
    .map((path) => ({ path, why: submodules.has(path) ? 'submodule' : 'nested-repository' }));
}

/** The paths that a `.gitmodules` file names. */
export function submodulePaths(gitmodules: string): Set<string> {
  return new Set(Array.from(gitmodules.matchAll(/^\s*path\s*=\s*(.+?)\s*$/gm), (match) => match[1] ?? ''));
}
