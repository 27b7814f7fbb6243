import type { Outcome, RunContext } from '@prefish/core';
import { isPrefishError, formatBytes, type Cleaned } from '@prefish/protocol';
import type { Services } from '../services.ts';
import { tidyHere } from './tidy-here.ts';

/**
 * `prefish clean`: removes what nobody needs any more, on the server of this machine and here. Results, kept files
 * and what waits to be delivered stay. `{ dryRun, freed, tasks, undoPoints }`.
 */
export async function clean(
  services: Services,
  { dryRun }: { readonly dryRun: boolean },
  { env, signal }: RunContext,
): Promise<Outcome> {
  const server = await cleanServer(services, dryRun, signal);
  const git = await services.git(env);
  const here = await tidyHere({ git, folders: services.folders, dryRun, signal });
  const freed = server.freed + here.freed;
  const forgotten = [
    ...(server.tasks > 0 ? [`${counted(server.tasks, 'task')} that ended long ago`] : []),
    ...(here.points > 0 ? [`${counted(here.points, 'undo point')} older than 30 days`] : []),
  ];
  const what = forgotten.length === 0 ? '' : `, with ${forgotten.join(' and ')}`;
  const message = dryRun
    ? `${formatBytes(freed)} would be freed${what}; nothing was removed: --dry-run`
    : `${formatBytes(freed)} freed${what}`;
  return { type: 'ok', message, data: { dryRun, freed, tasks: server.tasks, undoPoints: here.points } };
}

async function cleanServer(services: Services, dryRun: boolean, signal: AbortSignal): Promise<Cleaned> {
  try {
    const client = await services.connect('if-used', signal);
    return await client.clean({ dryRun }, signal);
  } catch (error) {
    if (!isPrefishError(error) || error.code !== 'PREFISH_SERVER_UNREACHABLE') throw error;
    return { tasks: 0, freed: 0 };
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
