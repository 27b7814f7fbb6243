import { existsSync, lstatSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Where notes go by default, and what there is to say about it. */
export interface MemoryTarget {
  readonly path: string;
  /** The top of the repository: what a link leads out of it is not the project's. */
  readonly root: string;
  /** A file that agents read in its place, and that does not import it. */
  readonly hiddenBy?: { readonly path: string; readonly importLine: string };
}

/**
 * The file for notes: at the top of the repository (the first folder upwards with `.git`; `cwd`
 * itself outside of one) AGENTS.md, unless there is only a CLAUDE.md, or a .claude/CLAUDE.md, that
 * does not import AGENTS.md. Claude Code reads AGENTS.md only where it finds no CLAUDE.md, or is
 * told to by an `@AGENTS.md` in it (https://code.claude.com/docs/en/memory).
 */
export function defaultTarget(cwd: string): MemoryTarget {
  const root = repositoryRoot(cwd);
  const agents = join(root, 'AGENTS.md');
  const claude = [join(root, 'CLAUDE.md'), join(root, '.claude', 'CLAUDE.md')].find((path) => exists(path));
  if (claude === undefined || isSameFile(agents, claude)) return { path: agents, root };
  const importLine = `@${relative(dirname(claude), agents)}`;
  if (imports(claude, importLine)) return { path: agents, root };
  if (!exists(agents)) return { path: claude, root };
  return { path: agents, root, hiddenBy: { path: claude, importLine } };
}

/** The memory files that apply in `cwd`, from the folder itself up to the top of its repository, then the user's. */
export function applyingFiles(cwd: string, home: string | undefined): readonly string[] {
  const root = repositoryRoot(cwd);
  const names = ['AGENTS.md', 'CLAUDE.md', join('.claude', 'CLAUDE.md'), 'CLAUDE.local.md'];
  const files: string[] = [];
  for (let folder = cwd; ; folder = dirname(folder)) {
    files.push(...names.map((name) => join(folder, name)));
    if (folder === root || folder === dirname(folder)) break;
  }
  if (home !== undefined) files.push(join(home, '.claude', 'CLAUDE.md'));
  return [...new Set(files)].filter((path) => existsSync(path));
}

function repositoryRoot(cwd: string): string {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (exists(join(folder, '.git'))) return folder;
    if (folder === dirname(folder)) return cwd;
  }
}

/** Whether there is anything of that name, be it a symlink to nowhere. */
function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

function isSameFile(a: string, b: string): boolean {
  try {
    return realpathSync(a) === realpathSync(b);
  } catch {
    return false;
  }
}

function imports(path: string, importLine: string): boolean {
  let text: string;
  try {
    // Opening a pipe would wait for a writer.
    if (!statSync(path).isFile()) return false;
    text = readFileSync(path, 'utf8');
  } catch {
    return false;
  }
  const file = importLine.slice(1).replaceAll('.', String.raw`\.`);
  return new RegExp(String.raw`(?:^|\s)@(?:\./)?${file}(?=$|[\s,;:)]|\.(?:\s|$))`, 'm').test(text);
}
