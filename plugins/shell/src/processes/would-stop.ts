import { execFile } from 'node:child_process';
import { findProcesses } from '@prefish/processes';
import { treeOf, type StartedLine } from './stop-line.ts';

/**
 * Whether Ctrl+Z, typed on the terminal of a line, asks to stop the line itself. It does not where a program
 * reads the key, or where a shell that the line started has programs of its own in the foreground. The kernel
 * lets nothing of the line stop: its session has no shell that could continue it (POSIX: an orphaned group).
 *
 * @param path the line's side of its terminal
 */
export async function wouldStop(line: StartedLine, path: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  const { pid, mark } = treeOf(line);
  const [modes, [processes = []]] = await Promise.all([
    modesOf(path),
    findProcesses([{ groups: [pid], mark }]),
  ]);
  if (!/(^|\s)isig\b/.test(modes) || !/\bsusp = \^Z;/.test(modes)) return false;
  return processes.some((one) => one.pid === pid && one.group === one.foreground);
}

/** What stty says of a terminal; nothing where there is none any more. */
function modesOf(path: string): Promise<string> {
  return new Promise((resolve) => {
    execFile('stty', ['-a', '-F', path], (error, stdout) => resolve(error === null ? stdout : ''));
  });
}
