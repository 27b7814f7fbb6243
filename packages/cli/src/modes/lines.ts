import type { Flags } from '../arguments.ts';
import { containPlugins } from '../containment/contain-plugins.ts';
import type { Folders } from '../folders.ts';
import { createHost } from '../host.ts';
import { listenForInterruption } from '../interruption.ts';
import { openShell } from '../open-shell.ts';
import { LineRunner } from './line-runner.ts';

/** `prefish -c LINE…`: resolves with the exit code of the last line. */
export async function runLines(lines: readonly string[], flags: Flags, folders: Folders): Promise<number> {
  if (flags.inputJson) {
    const { runLinesWithInput } = await import('./lines-with-input.ts');
    return runLinesWithInput(lines, flags, folders);
  }
  const interruption = listenForInterruption();
  const host = createHost(flags, { stdin: 'inherit' });
  containPlugins(host.add);
  await using shell = await openShell(flags, folders, host, 'lines');
  return await new LineRunner(shell, host, interruption).run(lines);
}

/** `prefish < FILE`: the lines of standard input, as they come. Resolves with the exit code of the last one. */
export async function runScript(flags: Flags, folders: Folders): Promise<number> {
  const interruption = listenForInterruption();
  const host = createHost(flags, { stdin: 'ignore' });
  containPlugins(host.add);
  await using shell = await openShell(flags, folders, host, 'lines');
  const { scriptLines } = await import('./script.ts');
  const { addAbortSignal } = await import('node:stream');
  return await new LineRunner(shell, host, interruption).run(
    scriptLines(addAbortSignal(interruption.signal, process.stdin), flags),
  );
}
