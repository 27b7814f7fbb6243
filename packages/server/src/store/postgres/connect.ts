import { PostgresDialect, sql, type RawBuilder } from 'kysely';
import { Client, Pool, types, type ClientConfig } from 'pg';

/** Numbers that Postgres gives as text, because they may be larger than those of JavaScript: `bigint`, `numeric`. Ours are not. */
const wideNumbers: ReadonlySet<number> = new Set([types.builtins.INT8, types.builtins.NUMERIC]);

/** How many connections a process has to the database, at most. */
const connections = 10;
/** How long it may take to get a connection, in milliseconds. */
const connectTime = 10_000;
/**
 * How long a transaction may do nothing before the database ends it, in milliseconds: a process that was stopped, or
 * whose host is gone, holds rows that others wait for.
 */
const idleInTransaction = 5000;

function configOf(url: string): ClientConfig {
  return {
    connectionString: url,
    application_name: 'prefish',
    keepAlive: true,
    connectionTimeoutMillis: connectTime,
    idle_in_transaction_session_timeout: idleInTransaction,
    types: {
      getTypeParser: ((type: number, format?: 'text') =>
        wideNumbers.has(type) ? Number : types.getTypeParser(type, format)) as typeof types.getTypeParser,
    },
  };
}

/** Connections to a database, for Kysely. */
export function postgresDialect(url: string): PostgresDialect {
  const pool = new Pool({ ...configOf(url), max: connections });
  // A database that goes away would end the process otherwise: the pool hears of idle connections only.
  const ignore = (): void => {};
  pool.on('error', ignore);
  pool.on('connect', (client) => client.on('error', ignore));
  return new PostgresDialect({ pool });
}

/** One connection, to listen on. Nothing is asked yet. */
export function postgresClient(url: string): Client {
  return new Client(configOf(url));
}

/** {@link import('../writes.ts').Write.clock} of Postgres. */
export const postgresClock: RawBuilder<number> = sql<number>`extract(epoch from clock_timestamp())::float8`;

/** {@link import('../writes.ts').Write.now} of Postgres. */
export const postgresNow: RawBuilder<string> = sql<string>`to_char(statement_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
