import type { Flags } from '../arguments.ts';
import { containPlugins } from '../containment/contain-plugins.ts';
import type { Folders } from '../folders.ts';
import { createHost } from '../host.ts';
import { listenForInterruption } from '../interruption.ts';
import { openShell } from '../open-shell.ts';
import { taskFolderVariable } from '@prefish/protocol';
import { openTask } from '../task/open-task.ts';
import { readIncoming } from './incoming.ts';
import { LineRunner } from './line-runner.ts';

/**
 * `prefish --input-json -c LINE…`: messages, answers and cancellations come in through standard
 * input. For a task its end means that the worker which fed it is gone, and nobody is left to end
 * what the task started: everything ends at once.
 */
export async function runLinesWithInput(
  lines: readonly string[],
  flags: Flags,
  folders: Folders,
): Promise<number> {
  const interruption = listenForInterruption();
  const host = createHost(flags, { stdin: 'ignore' });
  containPlugins(host.add);
  let runner: LineRunner | undefined;
  let canceled = false;
  host.incoming = readIncoming(process.stdin, {
    cancel() {
      canceled = true;
      runner?.cancel();
    },
    warning: (message) => host.add({ type: 'warning', code: 'PREFISH_USAGE', message }),
    end() {
      if (process.env['PREFISH_TASK']) interruption.interrupt('SIGHUP');
    },
  });
  const folder = process.env[taskFolderVariable];
  await using task = folder === undefined ? undefined : await openTask(folder);
  if (task !== undefined) host.enclosed = task.enclosed;
  await using shell = await openShell(flags, folders, host, 'lines', task?.variables);
  runner = new LineRunner(shell, host, interruption);
  if (canceled) runner.cancel();
  return await runner.run(lines);
}
