/**
 * A server or a worker of a team, as a process of its own: `team-part.ts server|worker DATABASE FOLDER`. Its tasks run
 * in a shell, without workspace and sandbox: what is to be broken is all around them.
 */
import { join } from 'node:path';
import { startServer, startWorker, type Log } from '../../packages/server/src/index.ts';
import { runInShell } from '../../packages/server/test/fixtures/shell-attempt.ts';

const [kind, database = '', folder = ''] = process.argv.slice(2);
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const mark = quoted(`PREFISH_HOME=${process.env['PREFISH_HOME']}`);
const log: Log = (level, message, fields) =>
  void process.stderr.write(
    `${JSON.stringify({ at: new Date().toISOString(), level, message, ...fields })}\n`,
  );
const shared = {
  database,
  log,
  offer: async () => ({
    runtime: { mounts: [], command: ['false'], hostCommand: ['false'], arguments: [] } as const,
    prefixes: [{ id: 'shell', token: '!' }],
  }),
};
const running =
  kind === 'server'
    ? await startServer({
        ...shared,
        folder,
        socketPath: join(folder, 's.sock'),
        concurrency: 0,
        version: '0.0.0',
        place: 'a team',
      })
    : await startWorker({
        ...shared,
        data: folder,
        folder: join(folder, 'workers'),
        sockets: join(folder, 'sockets'),
        concurrency: 4,
        run: ({ request, ...claim }, ...rest) => {
          // A bash whose input is a socket takes itself for one of rshd, and reads its user's settings.
          const line = `!exec env ${mark} bash --norc -c ${quoted(request.line.slice(1))}`;
          return runInShell({ ...claim, request: { ...request, line } }, ...rest);
        },
      });
process.stdout.write('up\n');
process.on('SIGTERM', () => void running.close().then(() => process.exit()));
