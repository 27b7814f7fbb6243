import type { FoundTask } from '@prefish/core';
import { formatBytes, isFinal, type KeptFile } from '@prefish/protocol';
import { sanitizeLabel } from '@prefish/screen';
import { counted } from './counted.ts';
import { referenceTo } from './task-status.ts';

/** How many are named, rather than counted. */
const mostNamed = 3;

/** What was kept of a task; nothing while it runs, and where its source cannot say. */
export async function keptFiles(
  { task, source }: FoundTask,
  signal: AbortSignal,
): Promise<readonly KeptFile[]> {
  if (source.files === undefined || !isFinal(task.state)) return [];
  return source.files(task.id, signal).catch(() => {
    signal.throwIfAborted();
    return [];
  });
}

/** What was kept, and the command that fetches it: `a.log (12 KB) · prefish tasks get 3 a.log`; `''` for nothing. */
export function keptWords({ task, source }: FoundTask, files: readonly KeptFile[]): string {
  const [first] = files;
  if (first === undefined) return '';
  const size = formatBytes(files.reduce((sum, file) => sum + file.size, 0));
  const names =
    files.length > mostNamed ? counted(files.length, 'file') : files.map(({ path }) => path).join(', ');
  if (!source.actions.some(({ name }) => name === 'get')) return sanitizeLabel(`${names} (${size})`);
  const path = files.length === 1 ? ` ${inShell(first.path)}` : '';
  return sanitizeLabel(`${names} (${size}) · prefish tasks get ${referenceTo(task)}${path}`);
}

function inShell(word: string): string {
  return /^[\w./@%+=:,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
