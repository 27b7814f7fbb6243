import { isAbsolute, join, resolve } from 'node:path';
import { PrefishError } from '@prefish/core';
import { isMarkdown } from '../options.ts';
import { fileInProject, localFile, projectFile } from './project-file.ts';
import { isWithin, repositoryRoot, type MemoryTarget, type WhereFrom } from './target.ts';
import { offeredUserFiles, userFiles } from './user-files.ts';

/**
 * The file that `name` stands for: `project`, `local`, `user`, or a Markdown file by its path,
 * relative to `base`, or to the home as in `~/notes.md`.
 *
 * @throws PREFISH_USAGE for anything else; PREFISH_DENIED in a task, for a file that ends with it
 */
export function findTarget(name: string, from: WhereFrom, base: string = from.cwd): MemoryTarget {
  const target = named(name, from, base);
  if (from.env['PREFISH_TASK'] !== undefined && (name === 'local' || target.root === undefined)) {
    throw new PrefishError(
      'PREFISH_DENIED',
      `${target.path} is not brought home from a task: the note would be lost.`,
      { hint: 'Note it here, without &.' },
    );
  }
  return target;
}

function named(name: string, from: WhereFrom, base: string): MemoryTarget {
  if (name === 'project') return projectFile(from);
  if (name === 'local') return localFile(from);
  if (name === 'user') return userFile(from);
  if (!isMarkdown(name)) {
    throw new PrefishError('PREFISH_USAGE', `There is no memory file "${name}".`, {
      hint: 'project, local, user, or a path that ends in .md',
    });
  }
  const path = resolve(base, withHome(name, from));
  if (userFiles(from).some((file) => file.path === path)) return { path, makesFolder: true };
  const root = repositoryRoot(from.cwd);
  const project = projectFile(from);
  if (path === project.path) return project;
  return isWithin(path, root) ? fileInProject(path, root, from.env) : { path };
}

function userFile(from: WhereFrom): MemoryTarget {
  const [file] = offeredUserFiles(from);
  if (file !== undefined && isAbsolute(file.path)) return { path: file.path, makesFolder: true };
  throw new PrefishError('PREFISH_USAGE', 'There are no files of the user where HOME is not set.', {
    hint: 'Name a file: --to PATH',
  });
}

function withHome(path: string, { env }: WhereFrom): string {
  return path.startsWith('~/') && env['HOME'] ? join(env['HOME'], path.slice(2)) : path;
}
