import type { Command } from '@prefish/core';
import { PrefishError } from '@prefish/protocol';

/** What `prefish serve` takes. */
export const serveArgs = {
  listen: {
    type: 'string',
    placeholder: 'HOST:PORT',
    summary: 'Where to listen; default: 127.0.0.1:8377, for this machine alone',
  },
  'tls-cert': {
    type: 'string',
    placeholder: 'FILE',
    summary: 'The certificate, as PEM; read again at SIGHUP',
  },
  'tls-key': { type: 'string', placeholder: 'FILE', summary: 'The key of the certificate, as PEM' },
  'behind-proxy': {
    type: 'boolean',
    summary: 'A proxy ends TLS, and nothing else reaches this server: believe its X-Forwarded headers',
  },
  url: {
    type: 'string',
    placeholder: 'URL',
    summary: 'Where clients find the server; default: what they call it',
  },
  name: {
    type: 'string',
    placeholder: 'NAME',
    summary: 'What the server calls itself; default: the host’s name',
  },
  data: {
    type: 'string',
    placeholder: 'DIR',
    summary: 'Where it keeps everything; default: serve in the data folder',
  },
  database: {
    type: 'string',
    placeholder: 'URL',
    summary:
      'A database on Postgres that other servers and workers share; default: PREFISH_DATABASE, else a file',
  },
  concurrency: {
    type: 'string',
    placeholder: 'N',
    summary: 'How many tasks run at once; default: one a core',
  },
  workers: {
    type: 'string',
    placeholder: 'N',
    summary: 'As --concurrency, with --database: 0 leaves every task to prefish worker',
  },
  'tasks-per-account': {
    type: 'string',
    placeholder: 'N',
    summary: 'Unfinished tasks of one account; default: 200',
  },
  'running-per-account': {
    type: 'string',
    placeholder: 'N',
    summary: 'Tasks of one account that run at once; default: as many as there are workers',
  },
  'disk-per-account': { type: 'string', placeholder: 'SIZE', summary: 'Disk of one account; default: 20G' },
  'audit-days': { type: 'string', placeholder: 'N', summary: 'How long the audit is kept; default: 400' },
  'audit-lines': {
    type: 'string',
    placeholder: 'N',
    summary: 'How much of the audit is kept of one account; default: 100000',
  },
  'idle-timeout': {
    type: 'string',
    placeholder: 'S',
    summary: 'How long a connection lasts on which nothing moves, in seconds; default: 60',
  },
  drain: {
    type: 'string',
    placeholder: 'S',
    summary: 'How long what runs may go on after SIGTERM, in seconds; default: it is ended at once',
  },
} as const;

/** `prefish serve`, for help and completion. It runs before any shell is opened, and in none. */
export const serveCommand: Command<typeof serveArgs> = {
  name: 'serve',
  summary: 'Run tasks for those who have an account: a server for a team, in the foreground',
  args: serveArgs,
  examples: [
    'prefish users add ada',
    'prefish serve --listen 0.0.0.0:8377 --tls-cert cert.pem --tls-key key.pem',
  ],
  run() {
    throw new PrefishError('PREFISH_USAGE', 'A server runs in a process of its own', {
      hint: 'prefish serve, outside of the shell',
    });
  },
};
