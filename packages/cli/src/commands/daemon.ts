import type { Outcome, RunContext } from '@prefish/core';
import type { ServerInfo } from '@prefish/protocol';
import type { Folders } from '../folders.ts';
import { findServer, type FoundServer } from '../server/connect.ts';
import { socketPath } from '../server/location.ts';

/** Starts the embedded server, unless it runs. @throws PREFISH_SERVER_START */
export async function start(folders: Folders, signal: AbortSignal): Promise<Outcome> {
  const { startDaemon } = await import('../server/start.ts');
  const found = await startDaemon(folders, signal);
  return {
    type: 'ok',
    message: `The background server runs (pid ${found.info.pid}).`,
    data: statusOf(found),
  };
}

/**
 * Ends the embedded server and waits until it is gone. Where it has tasks it says what becomes of them: a person at a
 * terminal is asked, a script goes on.
 */
export async function stop(
  folders: Folders,
  { signal, out, ask, terminal }: Pick<RunContext, 'signal' | 'out' | 'ask' | 'terminal'>,
): Promise<Outcome> {
  const found = await findServer(folders, signal);
  const unfinished = found && unfinishedWords(found.info);
  if (found !== undefined && unfinished !== undefined) {
    out.write(`${unfinished}\n`, 'stderr');
    if (terminal !== undefined && !(await ask.confirm('End it all the same?', { default: true }))) {
      return { type: 'ok', message: 'The background server goes on.', data: statusOf(found) };
    }
  }
  const { stopDaemon } = await import('../server/stop.ts');
  const pid = await stopDaemon(folders, signal);
  const message =
    pid === undefined
      ? 'The background server did not run.'
      : `The background server has ended (pid ${pid}).`;
  return { type: 'ok', message, data: stopped(folders) };
}

/** What a server has to do, and what becomes of that when it ends; `undefined` where it has nothing. */
function unfinishedWords({
  working,
  submitted,
}: Pick<ServerInfo, 'working' | 'submitted'>): string | undefined {
  const runs = working === 1 ? '1 task runs' : `${working} tasks run`;
  const waits = submitted === 1 ? '1 task waits' : `${submitted} tasks wait`;
  const lost =
    'agents, and lines with --retries, begin again with the next command; other lines fail (worker-lost).';
  const later = 'what waits begins with the next prefish command.';
  if (working === 0) return submitted === 0 ? undefined : `${waits}: ${later}`;
  return submitted === 0 ? `${runs}: ${lost}` : `${runs}: ${lost}\n${waits}: ${later}`;
}

/** Says whether the embedded server runs. */
export async function status(folders: Folders, signal: AbortSignal): Promise<Outcome> {
  const found = await findServer(folders, signal);
  if (found === undefined) {
    const message = 'The background server does not run; the first & starts it.';
    return { type: 'ok', message, data: stopped(folders) };
  }
  const { pid, version, url, working, submitted } = found.info;
  const runs = `The background server runs (pid ${pid}, prefish ${version}): ${working} working, ${submitted} waiting.`;
  const message =
    url === undefined ? runs : `${runs}\nIts page listens at ${url}; prefish tasks open signs a browser in.`;
  return { type: 'ok', message, data: statusOf(found) };
}

function statusOf({ info, socket }: FoundServer): object {
  const { pid, version, url, working, submitted } = info;
  return { running: true, pid, version, socket, ...(url !== undefined && { url }), working, submitted };
}

function stopped(folders: Folders): object {
  return { running: false, socket: socketPath(folders), working: 0, submitted: 0 };
}
