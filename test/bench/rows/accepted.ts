import { execFileSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { holdTask } from '../held-task.ts';
import { editThreeFiles, largeRepository } from '../large-repository.ts';
import { processTime } from '../process-time.ts';
import { interleaved, type Row } from '../row.ts';

/** The same git commands by hand: a private index, a snapshot commit, a push to a path. */
const byHand = `
set -e
export GIT_INDEX_FILE="$1/index"
git add -A
tree=$(git write-tree)
commit=$(git commit-tree -p HEAD -m snapshot "$tree" </dev/null)
git push -q "$1/mirror.git" "$commit:refs/snapshots/$2"
`;

export const accepted: Row = {
  what: '& accepted (durable), 50,000 files, 3 changed, warm',
  against: 'the same git commands in one shell script',
  budget: 1.5,
  async measure(bench) {
    const { folder, env, node, rounds } = bench;
    const cwd = largeRepository(bench);
    const script = join(folder, 'by-hand.sh');
    writeFileSync(script, byHand);
    execFileSync('git', ['init', '-q', '--bare', join(folder, 'mirror.git')], { env });
    cpSync(join(cwd, '.git', 'index'), join(folder, 'index'));
    const held = holdTask(bench);
    let round = 0;
    try {
      const options = { cwd, env };
      const figures = await interleaved(
        Math.min(rounds, 9),
        () => {
          editThreeFiles(cwd);
          return processTime(node, [bench.prefish, '-c', `& --after ${held.id} !true`], options);
        },
        () => {
          editThreeFiles(cwd);
          return processTime('sh', [script, folder, String(++round)], options);
        },
      );
      return { ...figures, unit: 'ms' };
    } finally {
      held.release();
    }
  },
};
