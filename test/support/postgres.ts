import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { nobody, postgresPrograms } from './capabilities.ts';
import { until } from './until.ts';

/** A Postgres of the test's own, on a socket in a temporary folder: no port, no user of the system, no password. */
export interface Postgres extends AsyncDisposable {
  /** Makes an empty database; returns how to reach it. */
  database(name: string): Promise<string>;
  /** As `pg_ctl stop -m immediate` does: without a checkpoint, as if its host had crashed. */
  crash(): Promise<void>;
  /** Starts it again on what is on its disk. */
  start(): Promise<void>;
}

/** Starts the Postgres that npm brings. */
export async function startPostgres(): Promise<Postgres> {
  const programs = postgresPrograms();
  if (programs === undefined) throw new Error('npm has no Postgres for this machine');
  // It refuses to run as root.
  const identity = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  const root = await mkdtemp(join(tmpdir(), 'prefish-pg-'));
  const [data, sockets] = [join(root, 'data'), join(root, 's')];
  for (const folder of [data, sockets]) await mkdir(folder, { mode: 0o700 });
  if (identity.uid !== undefined) {
    for (const folder of [root, data, sockets]) await chown(folder, identity.uid, identity.gid);
  }
  const setup = ['--pgdata', data, '--auth=trust', '--username=prefish', '--encoding=UTF8', '--no-locale'];
  await promisify(execFile)(programs.initdb, [...setup, '--no-sync'], { ...identity, cwd: '/' });

  const urlOf = (name: string): string => `postgres://prefish@/${name}?host=${encodeURIComponent(sockets)}`;
  let child: ChildProcess | undefined;
  let said = '';
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  const ask = async (name: string, query: string): Promise<void> => {
    const client = new Client({ connectionString: urlOf(name) });
    client.on('error', () => {});
    await client.connect();
    await client.query(query).finally(() => client.end());
  };
  // It outlives a test that was given up on otherwise.
  const end = (): void => void child?.kill('SIGQUIT');
  process.once('exit', end);
  const postgres: Postgres = {
    async database(name) {
      await ask('postgres', `create database "${name}"`);
      return urlOf(name);
    },
    crash: () => stop('SIGQUIT'),
    async start() {
      said = '';
      child = spawn(programs.postgres, ['-D', data, '-k', sockets, '-c', 'listen_addresses='], {
        ...identity,
        cwd: '/',
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      child.stderr!.setEncoding('utf8').on('data', (text: string) => (said += text));
      await until(async () => {
        if (child!.exitCode !== null) throw new Error(`Postgres ended:\n${said}`);
        return ask('postgres', 'select 1').then(
          () => true,
          () => false,
        );
      }, 'Postgres to answer');
    },
    async [Symbol.asyncDispose]() {
      process.off('exit', end);
      await stop('SIGINT');
      await rm(root, { recursive: true, force: true });
    },
  };
  await postgres.start();
  return postgres;
}
