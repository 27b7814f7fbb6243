import { processTime } from '../process-time.ts';
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
