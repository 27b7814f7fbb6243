import { editThreeFiles, largeRepository } from '../large-repository.ts';
import { processTime } from '../process-time.ts';
import { interleaved, type Row } from '../row.ts';

export const snapshot: Row = {
  what: 'snapshot of 50,000 files, warm (prefish -c "& --dry-run …", the whole process)',
  against: 'git status',
  budget: 2,
  async measure(bench) {
    const cwd = largeRepository(bench);
    const options = { cwd, env: bench.env };
    const figures = await interleaved(
      Math.min(bench.rounds, 9),
      () => {
        editThreeFiles(cwd);
        return processTime(bench.node, [bench.prefish, '-c', '& --dry-run !true'], options);
      },
      () => {
        editThreeFiles(cwd);
        return processTime('git', ['status'], options);
      },
    );
    return { ...figures, unit: 'ms' };
  },
};
