import { processTime } from '../process-time.ts';
import { readyShell, runLine, takesLines } from '../ready-shell.ts';
import { interleaved, type Row } from '../row.ts';

export const shellLine: Row = {
  what: "prefish -c '!true'",
  against: 'node -e 0, then bash -c true',
  budget: 1.7,
  async measure({ folder, env, node, prefish, rounds }) {
    const options = { cwd: folder, env };
    const figures = await interleaved(
      rounds,
      () => processTime(node, [prefish, '-c', '!true'], options),
      async () =>
        (await processTime(node, ['-e', '0'], options)) +
        (await processTime('bash', ['-c', 'true'], options)),
    );
    return { ...figures, unit: 'ms' };
  },
};

export const lineInShell: Row = {
  what: '!true inside the shell, from Enter to the next prompt',
  against: 'bash -c true',
  budget: 2.3,
  async measure(bench) {
    await using shell = await readyShell(bench);
    const figures = await interleaved(
      3 * bench.rounds,
      () => runLine(shell, '!true', takesLines),
      () => processTime('bash', ['-c', 'true'], { cwd: bench.folder, env: bench.env }),
    );
    return { ...figures, unit: 'ms' };
  },
};
