import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { interleaved, type Row } from '../row.ts';
import { timeUntilShown } from '../terminal-time.ts';

const barePrompt = `
process.stdin.setRawMode(true);
process.stdin.on('data', (data) => { if (data[0] === 4) process.exit(0); });
process.stdout.write('> ');
`;

export const prompt: Row = {
  what: 'prompt visible',
  against: 'a bare raw-mode Node prompt',
  budget: 1.7,
  async measure({ folder, env, node, prefish, rounds }) {
    const bare = join(folder, 'bare-prompt.mjs');
    writeFileSync(bare, barePrompt);
    const options = { cwd: folder, env };
    const figures = await interleaved(
      rounds,
      () => timeUntilShown(node, [prefish], /❯|> /, options),
      () => timeUntilShown(node, [bare], /> /, options),
    );
    return { ...figures, unit: 'ms' };
  },
};
