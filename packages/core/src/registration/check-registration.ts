import { PrefishError } from '@prefish/protocol';
import type { ArgsSpec, Command } from '../command.ts';
import type { Prefix } from '../prefix.ts';
import type { TaskSource } from '../task-source.ts';

/** A property that has to be there, and what it has to be. */
type Requirement = readonly [property: string, type: 'string' | 'function' | 'array'];

const ofPrefix: readonly Requirement[] = [
  ['id', 'string'],
  ['token', 'string'],
  ['summary', 'string'],
  ['run', 'function'],
];
const ofCommand: readonly Requirement[] = [
  ['name', 'string'],
  ['summary', 'string'],
  ['run', 'function'],
];
const ofSource: readonly Requirement[] = [
  ['id', 'string'],
  ['title', 'string'],
  ['list', 'function'],
  ['get', 'function'],
  ['actions', 'array'],
];

/** @throws PREFISH_PLUGIN_INVALID naming what is missing */
export function checkPrefix(prefix: Prefix, plugin: string): void {
  check('prefix', prefix, ofPrefix, plugin);
  if (prefix.id === '') throw incomplete('prefix', 'something without an id', plugin);
  for (const [name, { short }] of Object.entries<ArgsSpec[string]>(prefix.args ?? {})) {
    if (short === undefined) continue;
    throw new PrefishError(
      'PREFISH_PLUGIN_INVALID',
      `${plugin} gives --${name} of the prefix "${prefix.id}" the short form -${short}`,
      {
        plugin,
        hint: 'The options of a line are long only, as its text may begin with a dash: leave `short` out.',
      },
    );
  }
}

/** @throws PREFISH_PLUGIN_INVALID naming what is missing */
export function checkCommand(command: Command, plugin: string): void {
  check('command', command, ofCommand, plugin);
  for (const name of [command.name, ...(command.aliases ?? [])]) {
    if (!/^[^\s/]+$/.test(name)) throw incomplete('command', JSON.stringify(name), plugin);
  }
}

/** @throws PREFISH_PLUGIN_INVALID naming what is missing */
export function checkSource(source: TaskSource, plugin: string): void {
  check('task source', source, ofSource, plugin);
}

function check(kind: string, value: unknown, requirements: readonly Requirement[], plugin: string): void {
  if (typeof value !== 'object' || value === null)
    throw incomplete(kind, value === null ? 'null' : `a ${typeof value}`, plugin);
  const given = value as Record<string, unknown>;
  for (const [property, type] of requirements) {
    const is = given[property];
    if (type === 'array' ? Array.isArray(is) : typeof is === type) continue;
    const called = given['id'] ?? given['name'];
    const named = typeof called === 'string' ? ` "${called}"` : '';
    throw new PrefishError(
      'PREFISH_PLUGIN_INVALID',
      `${plugin} registers the ${kind}${named} without ${property}`,
      { plugin, hint: `${property} has to be ${type === 'array' ? 'an array' : `a ${type}`}.` },
    );
  }
}

function incomplete(kind: string, what: string, plugin: string): PrefishError {
  return new PrefishError('PREFISH_PLUGIN_INVALID', `${plugin} registers ${what} as a ${kind}`, {
    plugin,
  });
}
