import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { holdTask, prefish } from '../held-task.ts';
import { editThreeFiles, largeRepository } from '../large-repository.ts';
import type { Bench, Row } from '../row.ts';

/** A git on PATH that keeps what a push sends and receives. */
function countingGit({ folder, env }: Bench): { path: string; bytes(): number } {
  const bin = join(folder, 'counting');
  const git = execFileSync('sh', ['-c', 'command -v git'], { env, encoding: 'utf8' }).trim();
  mkdirSync(bin, { recursive: true });
  const receive = join(bin, 'receive');
  writeFileSync(
    receive,
    `#!/bin/sh\ntee ${bin}/sent.$$ | sh -c "$RECEIVE"' "$@"' receive "$@" | tee ${bin}/received.$$\n`,
  );
  writeFileSync(
    join(bin, 'git'),
    `#!/bin/bash
args=()
for word in "$@"; do
  case "$word" in
    --receive-pack=*) export RECEIVE="\${word#*=}"; args+=("--receive-pack=${receive}") ;;
    *) args+=("$word") ;;
  esac
done
exec ${git} "\${args[@]}"
`,
  );
  for (const file of [receive, join(bin, 'git')]) chmodSync(file, 0o755);
  const kept = (): string[] => readdirSync(bin).filter((name) => /^(sent|received)\./.test(name));
  return {
    path: bin,
    bytes: () => kept().reduce((total, name) => total + statSync(join(bin, name)).size, 0),
  };
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
