import type { Config } from '@prefish/core';
import { PrefishError } from '@prefish/protocol';
import type { ConfigFile } from './configuration.ts';
import { nearest } from './nearest.ts';
import { dataSchema, keys, scriptSchema } from './schema.ts';

type Issue = NonNullable<ReturnType<typeof scriptSchema.safeParse>['error']>['issues'][number];

/** Something in a configuration that does not belong there. */
interface Complaint {
  readonly message: string;
  readonly hint?: string;
}

/**
 * What a file holds, as a configuration.
 *
 * @throws PREFISH_CONFIG_INVALID naming everything that does not belong there: the path in the file, what
 * was expected and what was found
 */
export function validate({ path, format }: Pick<ConfigFile, 'path' | 'format'>, value: unknown): Config {
  const { error } = (format === 'script' ? scriptSchema : dataSchema).safeParse(value);
  if (error === undefined) return value as Config;
  const complaints = error.issues.flatMap((issue) => describe(issue, value));
  const hints = new Set(complaints.flatMap(({ hint = [] }) => hint));
  const [first] = complaints;
  const message =
    complaints.length === 1
      ? `${path}: ${first!.message}`
      : `${path} holds ${complaints.length} things that do not belong there:\n${complaints.map((complaint) => `  ${complaint.message}`).join('\n')}`;
  throw new PrefishError('PREFISH_CONFIG_INVALID', message, {
    hint: hints.size > 0 ? [...hints].join(' ') : undefined,
  });
}

/**
 * A project's configuration, which says nothing of the user's machine.
 *
 * @throws PREFISH_CONFIG_INVALID
 */
export function withoutOwn({ path }: Pick<ConfigFile, 'path'>, config: Config): Config {
  const key = (['limits', 'retention'] as const).find((name) => config[name] !== undefined);
  if (key === undefined) return config;
  const what = key === 'limits' ? 'what tasks may use here' : 'how long tasks are kept here';
  throw new PrefishError('PREFISH_CONFIG_INVALID', `${path}: ${key}: a project does not say ${what}`, {
    hint: `${key} belongs in your own configuration: prefish config path shows where.`,
  });
}

function describe(issue: Issue, root: unknown): Complaint[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map(unknownKey);
  const found = valueAt(root, issue.path);
  const at = pathOf(issue.path);
  const message = `${at === '' ? '' : `${at}: `}expected ${issue.message}, found ${show(found)}`;
  const unquoted = issue.path[0] === 'prefixes' && found === null;
  return [unquoted ? { message, hint: "In YAML, # begins a comment: quote the token, '#'." } : { message }];
}

function unknownKey(key: string): Complaint {
  const meant = nearest(key, keys);
  return {
    message: `${key}: there is no such key`,
    hint: meant === undefined ? `The keys are ${keys.join(', ')}.` : `Did you mean ${meant}?`,
  };
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], root);
}

/** `plugins[1][0]`, `prefixes["my.id"]`. */
function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((above, key) => {
    if (typeof key === 'number') return `${above}[${key}]`;
    const name = String(key);
    if (!/^[\w$-]+$/.test(name)) return `${above}[${JSON.stringify(name)}]`;
    return above === '' ? name : `${above}.${name}`;
  }, '');
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // It refers to itself.
  }
  if (text === undefined) return `a value of type ${typeof value}`;
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
