import type { TaskSource } from '@prefish/core';
import { remoteSource } from '../server.ts';
import type { Services } from '../services.ts';
import { taskActions } from './task-actions.ts';
import { taskEvents } from './task-events.ts';

/** The tasks of a server, and those that wait to be delivered to it. */
export function serverSource(services: Services): TaskSource {
  return {
    ...headingOf(services),
    actions: taskActions(services),
    async list(query, signal) {
      const { listTasks } = await import('./server-tasks.ts');
      return listTasks(services, query, signal);
    },
    async get(reference, signal) {
      const { findTask } = await import('./server-tasks.ts');
      return findTask(services, reference, signal);
    },
    events: (id, query, signal) => taskEvents(services, id, query, signal),
    async files(id, signal) {
      const { keptFiles } = await import('./get-files.ts');
      return keptFiles(services, id, signal);
    },
  };
}

/** Of several servers elsewhere each has a section of its own, and the first one the plain id. */
function headingOf({ server, servers }: Services): Pick<TaskSource, 'id' | 'title' | 'essential'> {
  if (!server.elsewhere) return { id: 'server', title: 'Local sessions', essential: true };
  const remote = servers.filter(({ elsewhere }) => elsewhere);
  const isFirst = remote[0] === server;
  return {
    id: isFirst ? remoteSource : `${remoteSource}:${server.id}`,
    title: remote.length === 1 ? 'Remote sessions' : `Remote sessions on ${server.place}`,
  };
}
