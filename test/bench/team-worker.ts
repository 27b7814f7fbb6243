import type { TeamServer } from '../serve/support/team-server.ts';
import { until } from '../support/until.ts';

/** Starts a worker of a server whose tasks are in this database; resolves once it takes tasks. */
export async function startWorker(
  server: TeamServer,
  url: string,
): Promise<ReturnType<TeamServer['home']['spawn']>> {
  const child = server.home.spawn(['worker', '--database', url, '--concurrency', '4']);
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  await until(() => log.includes('takes tasks'), 'a worker to take tasks');
  return child;
}
