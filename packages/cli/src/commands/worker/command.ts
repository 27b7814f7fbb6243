import type { Command } from '@prefish/core';
import { PrefishError } from '@prefish/protocol';

/** What `prefish worker` takes. */
export const workerArgs = {
  database: {
    type: 'string',
    placeholder: 'URL',
    summary: 'The database of the servers, on Postgres; default: PREFISH_DATABASE',
  },
  data: {
    type: 'string',
    placeholder: 'DIR',
    summary:
      'The folder of the servers, on a file system that this host has too; default: serve in the data folder',
  },
  work: {
    type: 'string',
    placeholder: 'DIR',
    summary: 'Where workspaces are, on a disk of this host; default: workers in the data folder',
  },
  concurrency: {
    type: 'string',
    placeholder: 'N',
    summary: 'How many tasks run at once; default: one a core',
  },
  'running-per-account': {
    type: 'string',
    placeholder: 'N',
    summary: 'Tasks of one account that run at once, on all workers; default: as many as there are workers',
  },
  drain: {
    type: 'string',
    placeholder: 'S',
    summary: 'How long what runs may go on after SIGTERM, in seconds; default: it is given back at once',
  },
} as const;

/** `prefish worker`, for help and completion. It runs before any shell is opened, and in none. */
export const workerCommand: Command<typeof workerArgs> = {
  name: 'worker',
  summary: 'Run tasks of the servers that share a database: in the foreground, on as many hosts as there are',
  args: workerArgs,
  examples: ['PREFISH_DATABASE=postgres://prefish@db/prefish prefish worker --data /srv/prefish'],
  run() {
    throw new PrefishError('PREFISH_USAGE', 'A worker runs in a process of its own', {
      hint: 'prefish worker, outside of the shell',
    });
  },
};
