import { constants } from 'node:os';
import type { Writable } from 'node:stream';
import { PrefishError, type Exit, type SandboxKind } from '@prefish/protocol';
import type { Exceeded, SandboxProcess } from '../sandbox/sandbox.ts';
import type { AttemptLog, TaskInput } from './attempt.ts';
import { createEventWriter } from './event-writer.ts';
import { readComplaints, readEvents } from './read-output.ts';

/**
 * Lets a started process run, and takes down what it says, to its end. The process is written down before
 * anything of the line can run, so that it can be found again should the server be killed. No process is
 * left when this settles. Aborting `signal` kills it.
 *
 * @returns the process's own exit status, whatever the stream claims, and what it used too much of
 * @throws PREFISH_WORKSPACE_FAILED when the sandbox could not be set up; what {@link AttemptLog} throws
 */
export async function runLine(
  kind: SandboxKind,
  sandboxed: SandboxProcess,
  log: AttemptLog,
  input: AsyncIterable<TaskInput>,
  signal: AbortSignal,
): Promise<{ readonly exit: Exit; readonly exceeded?: Exceeded }> {
  const kill = (): void => sandboxed.kill();
  const writer = createEventWriter((events) => log.append(events), kill);
  const killAndThrow = (error: unknown): never => {
    kill();
    throw error;
  };
  signal.addEventListener('abort', kill, { once: true });
  const stopInput = forwardInput(input, sandboxed.stdin);
  try {
    const claimed = readEvents(sandboxed.stdout, writer).catch(killAndThrow);
    const complaints = readComplaints(sandboxed.stderr, writer).catch(killAndThrow);
    const begun = Promise.all([log.started(kind), log.process(sandboxed.pid)]).then(() => {
      if (signal.aborted) kill();
      else sandboxed.go();
    }, killAndThrow);
    const [end, ...reports] = await Promise.allSettled([sandboxed.ended, claimed, complaints, begun]);
    for (const report of [end, ...reports]) if (report.status === 'rejected') throw report.reason;
    await writer.flush();
    const { exit, ran, exceeded } = await sandboxed.ended;
    if (!ran) {
      throw new PrefishError(
        'PREFISH_WORKSPACE_FAILED',
        `the sandbox could not be set up: ${await complaints}`,
      );
    }
    return { exit: truthfulExit(exit, await claimed), ...(exceeded !== undefined && { exceeded }) };
  } finally {
    signal.removeEventListener('abort', kill);
    stopInput();
  }
}

/** A signal is reported by sandboxes and shells as code 128+n; the claim says which of the two it was, the code decides whether to believe it. */
function truthfulExit(exit: Exit, claimed: string | undefined): Exit {
  if (claimed === undefined || !('code' in exit)) return exit;
  const number = (constants.signals as Readonly<Record<string, number>>)[claimed];
  return number !== undefined && exit.code === 128 + number ? { signal: claimed } : exit;
}

/** Writes what is said to a task as lines to its standard input, which stays open: its end would mean that the server died. */
function forwardInput(input: AsyncIterable<TaskInput>, stdin: Writable): () => void {
  const iterator = input[Symbol.asyncIterator]();
  const forward = async (): Promise<void> => {
    for (
      let next = await iterator.next();
      stdin.writable && next.done !== true;
      next = await iterator.next()
    ) {
      stdin.write(`${JSON.stringify(next.value)}\n`);
    }
  };
  forward().catch(() => {});
  return () => {
    stdin.destroy();
    iterator.return?.().catch(() => {});
  };
}
