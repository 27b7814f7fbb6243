import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LentTerminal } from '@prefish/core';

/** The editor gets a terminal as a shell would leave it; afterwards it is as it was. */
const script = 'was=$(stty -g) && stty sane && eval "$1 \\"\\$2\\""; code=$?; stty "$was"; exit $code';

/**
 * Opens `text` in the user's editor (`VISUAL`, `EDITOR`, else vi), and resolves with what was saved.
 *
 * @throws Error when the editor ended with something else than 0: the text is to stay as it was
 */
export async function editOutside(
  text: string,
  lend: <T>(use: (terminal: LentTerminal) => Promise<T>) => Promise<T>,
): Promise<string> {
  const editor = process.env['VISUAL'] || process.env['EDITOR'] || 'vi';
  const folder = await mkdtemp(join(tmpdir(), 'prefish-line-'));
  const file = join(folder, 'line.md');
  try {
    await writeFile(file, text === '' ? '' : `${text}\n`, { mode: 0o600 });
    const code = await lend((terminal) => terminal.drained().then(() => run(editor, file)));
    if (code !== 0) throw new Error(`The line is as it was: ${editor} ended with ${code ?? 'a signal'}`);
    return (await readFile(file, 'utf8')).replace(/\n$/, '');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(editor: string, file: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', script, 'sh', editor, file], { stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code));
  });
}
