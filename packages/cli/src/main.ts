import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { parseArguments, watchesPrompt, type Invocation } from './arguments.ts';
import { compiledScripts } from './compiled-scripts.ts';
import { ownStreams } from './containment/own-streams.ts';
import { endProcess } from './containment/process-end.ts';
import { findFolders, type Folders } from './folders.ts';
import { version } from './installation.ts';
import { reviveUnfinished } from './server/unfinished.ts';
import { usersNodePath } from './users-node-path.ts';

/**
 * The command `prefish`. Each way of calling it is a module of its own, loaded when it is asked for,
 * so that a line which runs here pays for nothing else.
 */
async function main(argv: readonly string[]): Promise<number> {
  const nodePath = usersNodePath(process.env['NODE_PATH']);
  if (nodePath === undefined) delete process.env['NODE_PATH'];
  else process.env['NODE_PATH'] = nodePath;
  const folders = findFolders();
  if (argv[0] === 'daemon' && argv[1] === 'run') {
    const { runDaemon } = await import('./server/run.ts');
    return runDaemon(folders);
  }
  if (argv[0] === 'daemon' && argv[1] === 'offer') {
    const { printOffer } = await import('./server/print-offer.ts');
    return printOffer(folders);
  }
  if (argv[0] === 'outbox' && argv[1] === 'deliver') {
    const { runDelivery } = await import('./server/run-delivery.ts');
    return runDelivery(folders);
  }
  if (argv[0] === 'shells' && argv[1] === 'hold') {
    const { holdShell } = await import('@prefish/plugin-shell/hold');
    await holdShell();
    return 0;
  }
  const invocation = parseArguments(argv);
  if (invocation.kind === 'version') {
    ownStreams.stdout.write(`${version}\n`);
    return 0;
  }
  if (invocation.kind === 'command' && invocation.name === 'serve') {
    const { serve } = await import('./commands/serve/serve.ts');
    return serve(invocation.words, folders, invocation.flags.cwd ?? process.cwd());
  }
  if (invocation.kind === 'command' && invocation.name === 'worker') {
    const { work } = await import('./commands/worker/worker.ts');
    return work(invocation.words, folders, invocation.flags.cwd ?? process.cwd());
  }
  const revived = stopsServer(invocation) ? undefined : reviveUnfinished(folders).catch(() => {});
  const code = await run(invocation, folders);
  compiledScripts.keep();
  await revived;
  return code;
}

/** Whether the server is to end: then it is not brought back to its work either. */
function stopsServer(invocation: Invocation): boolean {
  return invocation.kind === 'command' && invocation.name === 'daemon' && invocation.words[0] === 'stop';
}

async function run(invocation: Exclude<Invocation, { kind: 'version' }>, folders: Folders): Promise<number> {
  switch (invocation.kind) {
    case 'lines':
      return (await import('./modes/lines.ts')).runLines(invocation.lines, invocation.flags, folders);
    case 'input':
      if (isatty(0) && isatty(1) && !invocation.flags.json)
        return (await import('./modes/prompt.ts')).runInteractively(invocation.flags, folders);
      if (invocation.flags.watch) throw watchesPrompt();
      return (await import('./modes/lines.ts')).runScript(invocation.flags, folders);
    case 'command':
      return (await import('./modes/command.ts')).runNamedCommand(invocation, folders);
    case 'help':
      return (await import('./modes/help.ts')).showHelp(invocation.words, invocation.flags, folders);
  }
}

/** Ends the process once everything has been read from it: what runs past its grace period does not keep it. */
async function exit(code: number): Promise<never> {
  await Promise.all([ownStreams.stdout, ownStreams.stderr].map(flushed));
  endProcess(code);
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once('error', () => resolve());
    stream.write('', () => resolve());
  });
}

async function failed(error: unknown): Promise<number> {
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'EPIPE') return readerGone;
  const { reportFailure } = await import('./report-failure.ts');
  return reportFailure(error, process.argv.includes('--json'));
}

/** As a shell reports a program that SIGPIPE ended. */
const readerGone = 141;

/** An error that nothing caught ends prefish when it is its own. */
async function uncaught(error: unknown): Promise<void> {
  try {
    const { containError } = await import('./containment/contain-plugins.ts');
    if (!containError(error)) await exit(await failed(error));
  } catch {
    // Its own modules are gone: it was updated, or removed, while it ran. An error from here would come back here.
    writeSync(2, `prefish: ${error instanceof Error ? error.message : String(error)}\n`);
    endProcess(1);
  }
}

process.on('uncaughtException', uncaught);
process.on('unhandledRejection', uncaught);
await main(process.argv.slice(2)).catch(failed).then(exit);
