import { flushCompileCache } from 'node:module';
import type { Shell } from '@prefish/core';
import { runPrompt } from '@prefish/terminal';
import type { Flags } from '../arguments.ts';
import { compiledScripts } from '../compiled-scripts.ts';
import type { Folders } from '../folders.ts';
import { createOwnTerminal, ownEvent } from '../host.ts';
import { listenForInterruption } from '../interruption.ts';
import { promptTerminal } from '../prompt-terminal.ts';

/** The interactive shell. The prompt is painted first; kernel and plugins load behind it. */
export async function runInteractively(flags: Flags, folders: Folders): Promise<number> {
  const interruption = listenForInterruption({ ignore: ['SIGINT'] });
  const host = createOwnTerminal(flags);
  promptTerminal.current = host;
  const painted = Promise.withResolvers<void>();
  const watch = flags.watch ? (await import('./watch.ts')).watchPlugins(flags, host) : undefined;
  const shell = painted.promise.then(async (): Promise<Shell> => {
    const { containPlugins } = await import('../containment/contain-plugins.ts');
    containPlugins((event) => host.event?.(ownEvent(event)));
    const { openShell } = await import('../open-shell.ts');
    const opened = await openShell(flags, folders, host, 'prompt');
    // A shell usually ends with its terminal, by SIGHUP, when nothing is written any more.
    flushCompileCache();
    compiledScripts.keep();
    return watch === undefined ? opened : watch.begin(opened);
  });
  try {
    const code = await runPrompt({
      host,
      shell,
      painted: () => setImmediate(painted.resolve),
      signal: interruption.signal,
      historyFolder: folders.state,
    });
    return interruption.code ?? code;
  } finally {
    painted.resolve();
    watch?.close();
    await shell.then(
      (opened) => opened.close(),
      () => {},
    );
  }
}
