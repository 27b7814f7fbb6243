import { readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { claudeUserFile } from './user-files.ts';
import { exists, isSameFile, repositoryRoot, type MemoryTarget, type WhereFrom } from './target.ts';

/**
 * The project's file: at the top of the repository AGENTS.md, unless there is only a CLAUDE.md, or a
 * .claude/CLAUDE.md, that does not import AGENTS.md. Claude Code reads AGENTS.md only where it finds
 * no CLAUDE.md and no CLAUDE.local.md, or is told to by an `@AGENTS.md` in one
 * (https://code.claude.com/docs/en/memory).
 */
export function projectFile({ cwd, env }: WhereFrom): MemoryTarget {
  const root = repositoryRoot(cwd);
  const agents = join(root, 'AGENTS.md');
  const claude = claudeFile(root, env);
  if (claude !== undefined && isSameFile(agents, claude)) return { path: agents, root };
  const local = join(root, 'CLAUDE.local.md');
  const read = claude ?? (exists(local) ? local : undefined);
  if (read === undefined) return { path: agents, root };
  const importLine = `@${relative(dirname(read), agents)}`;
  if (imports(read, importLine)) return { path: agents, root };
  if (claude !== undefined && !exists(agents)) return { path: claude, root };
  return { path: agents, root, hiddenBy: { path: read, importLine } };
}

/** The file for what is about this project and for one person alone. Of the agents, Claude Code has one. */
export function localFile(from: WhereFrom): MemoryTarget {
  const root = repositoryRoot(from.cwd);
  return fileInProject(join(root, 'CLAUDE.local.md'), root, from.env);
}

/**
 * Any file of the project. One that Claude Code would read in place of AGENTS.md, were it made now,
 * begins with the import of AGENTS.md.
 */
export function fileInProject(path: string, root: string, env: WhereFrom['env']): MemoryTarget {
  const names = ['CLAUDE.md', 'CLAUDE.local.md', join('.claude', 'CLAUDE.md')];
  const own = names.includes(relative(root, path));
  if (!own || claudeFile(root, env) !== undefined) return { path, root };
  const agents = join(root, 'AGENTS.md');
  if (!exists(agents) && !path.endsWith('.local.md')) return { path, root };
  return { path, root, head: `@${relative(dirname(path), agents)}\n` };
}

/** The project's CLAUDE.md. In the home folder, .claude/CLAUDE.md is the user's instead. */
function claudeFile(root: string, env: WhereFrom['env']): string | undefined {
  return [join(root, 'CLAUDE.md'), join(root, '.claude', 'CLAUDE.md')].find(
    (path) => exists(path) && path !== claudeUserFile(env),
  );
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
