import { dirname, join } from 'node:path';
import { exists, repositoryRoot, type WhereFrom } from './target.ts';
import { userFiles } from './user-files.ts';

/** What agents read in each folder, from the top of the repository to the folder they work in. */
const names: readonly string[] = [
  'AGENTS.md',
  'AGENTS.override.md',
  'CLAUDE.md',
  join('.claude', 'CLAUDE.md'),
  'CLAUDE.local.md',
];

/** Whom a memory file speaks to. */
export type Reach = 'project' | 'folder' | 'local' | 'user';

/** A memory file that exists. */
export interface ApplyingFile {
  readonly path: string;
  readonly reach: Reach;
  /** The one agent that reads it, where it is one. */
  readonly agent?: string;
}

/** The memory files that apply in `cwd`: those of the repository from its top downwards, then the user's. */
export function applyingFiles(from: WhereFrom): readonly ApplyingFile[] {
  const users = userFiles(from).filter(({ path }) => exists(path));
  const ofUser = new Set(users.map(({ path }) => path));
  const root = repositoryRoot(from.cwd);
  const folders: string[] = [];
  for (let folder = from.cwd; ; folder = dirname(folder)) {
    folders.unshift(folder);
    if (folder === root || folder === dirname(folder)) break;
  }
  const inProject = folders.flatMap((folder) =>
    names
      .map((name) => join(folder, name))
      .filter((path) => exists(path) && !ofUser.has(path))
      .map((path): ApplyingFile => ({ path, ...reachOf(path, folder === root) })),
  );
  return [...inProject, ...users.map(({ path, agent }): ApplyingFile => ({ path, reach: 'user', agent }))];
}

function reachOf(path: string, atTop: boolean): Omit<ApplyingFile, 'path'> {
  if (path.endsWith('.local.md')) return { reach: 'local', agent: 'Claude Code' };
  const reach = atTop ? 'project' : 'folder';
  return path.endsWith('AGENTS.override.md') ? { reach, agent: 'Codex' } : { reach };
}

const reaches: Readonly<Record<Reach, string>> = {
  project: 'this project',
  folder: 'this folder',
  local: 'this project, you alone',
  user: 'all your projects',
};

/** For people: `all your projects (Codex)`. */
export function describeReach({ reach, agent }: Pick<ApplyingFile, 'reach' | 'agent'>): string {
  return agent === undefined ? reaches[reach] : `${reaches[reach]} (${agent})`;
}
