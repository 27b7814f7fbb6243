import { join } from 'node:path';
import type { Config, Outcome, Plugin } from '@prefish/core';
import schema from '../../../schema.json' with { type: 'json' };
import type { Configuration } from '../../config/configuration.ts';
import { untrusted } from '../../config/consequences.ts';
import type { Folders } from '../../folders.ts';
import { schemaPath } from '../../installation.ts';
import type { ShellOpening } from '../plugin.ts';

/** Every value, and where it comes from. */
export function showConfiguration({ value, origins, waiting, problems }: Configuration): Outcome {
  const data = { value: plain(value), origins };
  const rows = Object.entries(origins).map(
    ([path, origin]) => [path, JSON.stringify(valueAt(data.value, path)), origin] as const,
  );
  const width = (column: 0 | 1): number => Math.max(0, ...rows.map((row) => row[column].length));
  const [paths, values] = [width(0), Math.min(width(1), 40)];
  const message = [
    ...rows.map(([path, text, origin]) => `${path.padEnd(paths)}  ${text.padEnd(values)}  ${origin}`),
    ...problems.map((problem) => `Does not count: ${problem.message}`),
    ...(waiting === undefined ? [] : [`Waits: ${untrusted(waiting).message}`]),
  ].join('\n');
  return { type: 'ok', message, data };
}

/** The files that were read, in the order in which they count, and where one would be found. */
export function showPaths({ configuration, flags }: ShellOpening, folders: Folders): Outcome {
  const { files, waiting, problems, ignored } = configuration;
  const states = {
    read: '',
    waiting: ' (waits for trust: prefish trust)',
    failed: ' (does not count: prefish config check)',
  };
  const user = join(folders.config, 'prefish.config.{ts,mts,js,mjs,json,yaml}');
  const message = [
    ...files.map(({ path, level, state }) => `${level.padEnd(8)}${path}${states[state]}`),
    ...ignored.map(({ path, hint }) => `not read  ${path}: ${hint}`),
    ...(files.length > 0 ? [] : [flags.noConfig ? '--no-config: no file is read.' : 'No file is there.']),
    ...(files.some(({ level }) => level === 'user') || flags.noConfig ? [] : [`Yours would be ${user}`]),
  ].join('\n');
  return {
    type: 'ok',
    message,
    data: {
      files,
      ignored,
      user: folders.config,
      ...(waiting === undefined ? {} : { waiting: waiting.request }),
      problems: problems.map((problem) => problem.message),
    },
  };
}

/** The JSON Schema, or where its file lies. */
export function showSchema(path: boolean): Outcome {
  if (path) return { type: 'ok', message: schemaPath, data: { path: schemaPath } };
  return { type: 'ok', message: JSON.stringify(schema, undefined, 2), data: schema };
}

/** The value without what only a script can hold. */
function plain(value: Config): Config {
  const plugins = value.plugins?.map((entry) => (isObject(entry) ? entry.name : entry));
  return plugins === undefined ? value : { ...value, plugins };
}

function isObject(entry: unknown): entry is Plugin {
  return typeof entry === 'object' && entry !== null && !Array.isArray(entry);
}

/** The value at `prefixes.shell` or `plugins[0]`. */
function valueAt(value: Config, path: string): unknown {
  const [, key = path, rest] = /^(\w+)(?:\.(.*)|\[\d+\])$/.exec(path) ?? [];
  const found = (value as Record<string, unknown>)[key];
  if (rest !== undefined) return (found as Record<string, unknown>)[rest];
  return path.endsWith(']') ? (found as unknown[])[Number(/\d+/.exec(path)![0])] : found;
}
