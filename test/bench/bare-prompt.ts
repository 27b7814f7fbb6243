import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from './row.ts';

/** The least that Node can do for a prompt; Ctrl+D ends it. */
const source = `
process.stdin.setRawMode(true);
process.stdin.on('data', (data) => { if (data[0] === 4) process.exit(0); });
process.stdout.write('> ');
`;

/** The path of a program that shows a prompt and does nothing else. */
export function barePrompt({ folder }: Bench): string {
  const path = join(folder, 'bare-prompt.mjs');
  writeFileSync(path, source);
  return path;
}
