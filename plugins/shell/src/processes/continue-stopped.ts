import { findProcesses, signalProcess } from '@prefish/processes';
import { treeOf, type StartedLine } from './stop-line.ts';

/**
 * Lets what was stopped in the foreground of a line's terminal go on: Ctrl+C reaches it then, and no shell
 * is there that would take the terminal back from it.
 */
export async function continueStopped(line: StartedLine): Promise<void> {
  if (process.platform !== 'linux') return;
  const { pid, mark } = treeOf(line);
  const [processes = []] = await findProcesses([{ groups: [pid], mark }]);
  for (const one of processes) {
    if (one.stopped && one.group === one.foreground) signalProcess(one.pid, 'SIGCONT');
  }
}
