import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from './row.ts';

const repositories = new Map<string, string>();

/** A committed repository of 50,000 small files in 500 folders; made once a run. */
export function largeRepository({ folder, env }: Bench): string {
  const known = repositories.get(folder);
  if (known !== undefined) return known;
  const root = join(folder, 'large');
  for (let group = 0; group < 500; group++) {
    const below = join(root, `group-${group % 25}`, `folder-${group}`);
    mkdirSync(below, { recursive: true });
    for (let file = 0; file < 100; file++)
      writeFileSync(join(below, `file-${file}.txt`), `file ${file} of folder ${group}\n`.repeat(20));
  }
  const git = (...args: string[]): void =>
    void execFileSync('git', args, { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] });
  git('init', '-q', '-b', 'main');
  git('config', 'user.name', 'Bench');
  git('config', 'user.email', 'bench@example.invalid');
  git('add', '-A');
  git('commit', '-qm', 'A large tree');
  git('status');
  repositories.set(folder, root);
  return root;
}

let edits = 0;

/** Changes three files of the repository, differently each time. */
export function editThreeFiles(root: string): void {
  edits++;
  for (const file of [1, 2, 3]) {
    writeFileSync(
      join(root, 'group-0', 'folder-0', `file-${file}.txt`),
      `edit ${edits}\n`.padEnd(400, `line ${file} of ${edits}\n`),
    );
  }
}
