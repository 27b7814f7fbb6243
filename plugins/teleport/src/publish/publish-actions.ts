import { defineAction, type TaskAction } from '@prefish/core';
import { isFinal, type Task } from '@prefish/protocol';
import { named } from '../named-errors.ts';
import type { Services } from '../services.ts';

const hasResult = ({ state, result, base }: Task): boolean =>
  isFinal(state) && result !== undefined && base?.commit != null;

const where = {
  branch: { type: 'string', summary: 'What the branch is called there', placeholder: 'NAME' },
  remote: {
    type: 'string',
    summary: 'Where it goes; default: where git push would go',
    placeholder: 'NAME',
  },
  move: { type: 'boolean', summary: 'Move a branch on that is there already' },
} as const;

/** What takes a result to the others who work on the repository. */
export function publishActions(services: Services): TaskAction[] {
  return [
    defineAction({
      name: 'push',
      summary: 'Push what the task changed as a branch, with your own git and credentials',
      args: where,
      applies: hasResult,
      run: async (task, { values }, context) => {
        const { pushResult } = await import('./push-result.ts');
        return named(() => pushResult(services, task, values, context));
      },
    }),
    defineAction({
      name: 'pr',
      summary: 'Push it, and ask for it to be merged: with gh or glab, or by the page to open',
      args: { ...where, title: { type: 'string', summary: 'Of the request', placeholder: 'TEXT' } },
      applies: hasResult,
      run: async (task, { values }, context) => {
        const { openRequest } = await import('./open-request.ts');
        return named(() => openRequest(services, task, values, context));
      },
    }),
  ];
}
