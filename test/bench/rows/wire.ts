import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { holdTask, prefish } from '../held-task.ts';
import { editThreeFiles, largeRepository } from '../large-repository.ts';
import type { Bench, Row } from '../row.ts';

/** A git on PATH that counts what a push sends and receives. */
function countingGit({ folder, env }: Bench): { path: string; bytes(): number } {
  const bin = join(folder, 'counting');
  const git = execFileSync('sh', ['-c', 'command -v git'], { env, encoding: 'utf8' }).trim();
  mkdirSync(bin, { recursive: true });
  const counter = join(bin, 'receive');
  writeFileSync(
    counter,
    `#!/bin/bash\ntee >(wc -c >>${bin}/sent) | ${git} receive-pack "$@" | tee >(wc -c >>${bin}/received)\n`,
  );
  writeFileSync(
    join(bin, 'git'),
    `#!/bin/bash\nargs=()\nfor word in "$@"; do args+=("$word"); [ "$word" = push ] && args+=(--receive-pack=${counter}); done\nexec ${git} "\${args[@]}"\n`,
  );
  for (const file of [counter, join(bin, 'git')]) chmodSync(file, 0o755);
  const sum = (name: string): number =>
    readFileSync(join(bin, name), 'utf8')
      .trim()
      .split('\n')
      .reduce((total, line) => total + Number(line), 0);
  return { path: bin, bytes: () => sum('sent') + sum('received') };
}

export const wire: Row = {
  what: 'a 3-file change of 50,000 on the wire, both ways',
  against: 'the thin pack alone',
  budget: 3,
  async measure(bench) {
    const root = largeRepository(bench);
    const held = holdTask(bench);
    try {
      prefish(bench, root, ['-c', `& --after ${held.id} !true`]);
      editThreeFiles(root);
      const git = countingGit(bench);
      prefish({ ...bench, env: { ...bench.env, PATH: `${git.path}:${bench.env['PATH']}` } }, root, [
        '-c',
        `& --after ${held.id} !true`,
      ]);
      return { value: git.bytes(), baseline: thinPack(root, bench), unit: 'bytes' };
    } finally {
      held.release();
    }
  },
};

/** The size of the thin pack that carries the work tree as it is to someone who has HEAD. */
function thinPack(root: string, { env, folder }: Bench): number {
  const index = join(folder, 'thin-index');
  rmSync(index, { force: true });
  const script = `export GIT_INDEX_FILE=${index}; git read-tree HEAD; git add -A; t=$(git write-tree); c=$(git commit-tree -p HEAD -m x $t </dev/null); printf '%s\\n^%s\\n' $c $(git rev-parse HEAD) | git pack-objects --revs --thin --stdout -q`;
  return execFileSync('sh', ['-c', script], { cwd: root, env }).length;
}
