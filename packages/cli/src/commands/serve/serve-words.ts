import { parseArgs } from 'node:util';
import { PrefishError, errorMessage } from '@prefish/protocol';
import type { ServeOptions } from '@prefish/server';
import { serveArgs } from './command.ts';

/** What `prefish serve` was asked for. */
export interface ServeWords {
  readonly serve: ServeOptions;
  readonly name?: string;
  readonly data?: string;
  readonly concurrency?: number;
  readonly database?: string;
  /** In milliseconds. */
  readonly drain?: number;
}

const units: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** Reads the words behind `prefish serve`. @throws PREFISH_USAGE */
export function readServeWords(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): ServeWords {
  const values = parse(words);
  const { 'tls-cert': cert, 'tls-key': key, url, name, data } = values;
  const database = databaseUrl(values.database, env);
  const concurrency = slots(values, database);
  if ((cert === undefined) !== (key === undefined)) {
    throw usage('--tls-cert and --tls-key belong together', 'Name both files, or neither.');
  }
  const tasks = values['tasks-per-account'];
  const disk = values['disk-per-account'];
  const running = values['running-per-account'];
  const idle = values['idle-timeout'];
  const [days, lines] = [values['audit-days'], values['audit-lines']];
  return {
    serve: {
      listen: address(values.listen ?? '127.0.0.1:8377'),
      ...(cert !== undefined && key !== undefined && { tls: { cert, key } }),
      ...(values['behind-proxy'] === true && { behindProxy: true }),
      ...(url !== undefined && { url: origin(url) }),
      ...(idle !== undefined && { idle: count(idle, '--idle-timeout') * 1000 }),
      limits: {
        ...(tasks !== undefined && { tasks: count(tasks, '--tasks-per-account') }),
        ...(running !== undefined && { running: count(running, '--running-per-account') }),
        ...(disk !== undefined && { disk: bytes(disk) }),
      },
      audit: {
        ...(days !== undefined && { days: count(days, '--audit-days') }),
        ...(lines !== undefined && { lines: count(lines, '--audit-lines') }),
      },
    },
    ...(values.drain !== undefined && { drain: count(values.drain, '--drain') * 1000 }),
    ...(name !== undefined && { name }),
    ...(data !== undefined && { data }),
    ...(concurrency !== undefined && { concurrency }),
    ...(database !== undefined && { database }),
  };
}

/** How many tasks run at once. Without a database there is nobody to leave them to. */
function slots(
  { concurrency, workers }: { readonly concurrency?: string; readonly workers?: string },
  database: string | undefined,
): number | undefined {
  if (concurrency !== undefined) return count(concurrency, '--concurrency');
  if (workers === undefined) return undefined;
  if (database === undefined) throw usage('--workers belongs to --database', 'Name a database too.');
  return workers === '0' ? 0 : count(workers, '--workers');
}

function parse(
  words: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof serveArgs }>>['values'] {
  try {
    return parseArgs({ args: [...words], options: serveArgs, strict: true, allowPositionals: false }).values;
  } catch (cause) {
    throw usage(errorMessage(cause).split('\n')[0]!.replace(/\.$/, ''), 'prefish serve --help', cause);
  }
}

function address(text: string): ServeOptions['listen'] {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s[\]/]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host !== undefined && Number(port) < 65_536) return { host, port: Number(port) };
  throw usage(`--listen takes HOST:PORT, not “${text}”`, '127.0.0.1:8377, 0.0.0.0:443, [::]:8377');
}

function origin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '') {
    return url.origin;
  }
  throw usage(`--url takes an address without a path, not “${text}”`, 'https://prefish.example.com');
}

/** The database that was named, there or in the environment: what stands on a command line, everybody on the machine can read. @throws PREFISH_USAGE */
export function databaseUrl(
  named: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const text = named ?? env['PREFISH_DATABASE'];
  if (text === undefined || text === '') return undefined;
  if (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text.replace('@/', '@localhost/'))) return text;
  throw usage('--database takes the URL of a Postgres database', 'postgres://prefish@db.example.com/prefish');
}

/** A number from 1 on. @throws PREFISH_USAGE */
export function count(text: string, option: string): number {
  const number = Number(text);
  if (/^\d{1,7}$/.test(text) && number > 0) return number;
  throw usage(`${option} takes a number from 1 on, not “${text}”`, `${option} 100`);
}

function bytes(text: string): number {
  const [, number, unit = ''] = /^(\d{1,9})\s*([KMGT]?)i?B?$/i.exec(text) ?? [];
  if (number !== undefined) return Number(number) * units[unit.toUpperCase()]!;
  throw usage(`--disk-per-account takes a size, not “${text}”`, '--disk-per-account 50G');
}

/** What is wrong with the words of a command, and how to mend it. */
export function usage(message: string, hint: string, cause?: unknown): PrefishError {
  return new PrefishError('PREFISH_USAGE', message, { hint, cause });
}
