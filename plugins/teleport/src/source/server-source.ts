import type { TaskSource } from '@prefish/core';
import type { Services } from '../services.ts';
import { taskActions } from './task-actions.ts';
import { taskEvents } from './task-events.ts';

/** The tasks of this machine's server, and those that wait to be delivered to it. */
export function serverSource(services: Services): TaskSource {
  return {
    id: 'server',
    title: 'Local sessions',
    essential: true,
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
  };
}
