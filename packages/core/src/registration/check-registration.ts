import { PrefishError } from '@prefish/protocol';
import type { ArgsSpec, Command } from '../command.ts';
import type { Prefix } from '../prefix.ts';
import type { TaskSource } from '../task-source.ts';
import { partsOfAction, partsOfCommand, partsOfPrefix, partsOfSource, type Part } from './check-parts.ts';

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
/** An action of a task source is a command too: `tasks NAME ID`. */
const ofAction = ofCommand;
const ofSource: readonly Requirement[] = [
  ['id', 'string'],
  ['title', 'string'],
  ['list', 'function'],
  ['get', 'function'],
  ['actions', 'array'],
];

/** @throws PREFISH_PLUGIN_INVALID naming what is missing or unfit */
export function checkPrefix(prefix: Prefix, plugin: string): void {
  check('prefix', prefix, ofPrefix, partsOfPrefix, plugin);
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

/** @throws PREFISH_PLUGIN_INVALID naming what is missing or unfit */
export function checkCommand(command: Command, plugin: string, above: string = ''): void {
  check('command', command, ofCommand, partsOfCommand, plugin, above);
  for (const name of [command.name, ...(command.aliases ?? [])]) {
    if (!/^[^\s/]+$/.test(name)) throw incomplete('command', JSON.stringify(name), plugin);
  }
  const path = `${above}${command.name} `;
  // A getter answers when it is asked: it may be over what is registered later.
  const below: unknown = Object.getOwnPropertyDescriptor(command, 'subcommands')?.value;
  if (below === undefined) return;
  if (!Array.isArray(below))
    throw unfit('command', path.trim(), 'subcommands', 'an array of commands', plugin);
  for (const each of below as readonly Command[]) checkCommand(each, plugin, path);
}

/** @throws PREFISH_PLUGIN_INVALID naming what is missing or unfit */
export function checkSource(source: TaskSource, plugin: string): void {
  check('task source', source, ofSource, partsOfSource, plugin);
  for (const action of source.actions) {
    check('task action', action, ofAction, partsOfAction, plugin, `${source.id} `);
  }
}

/** `above` is what stands before its name: `tasks ` of a sub-command. */
function check(
  kind: string,
  value: unknown,
  requirements: readonly Requirement[],
  parts: readonly Part[],
  plugin: string,
  above: string = '',
): void {
  if (typeof value !== 'object' || value === null)
    throw incomplete(kind, value === null ? 'null' : `a ${typeof value}`, plugin);
  const given = value as Record<string, unknown>;
  const called = given['id'] ?? given['name'];
  for (const [property, type] of requirements) {
    const is = given[property];
    if (type === 'array' ? Array.isArray(is) : typeof is === type) continue;
    const named = typeof called === 'string' ? ` "${above}${called}"` : '';
    throw new PrefishError(
      'PREFISH_PLUGIN_INVALID',
      `${plugin} registers the ${kind}${named} without ${property}`,
      { plugin, hint: `${property} has to be ${type === 'array' ? 'an array' : `a ${type}`}.` },
    );
  }
  for (const { property, is, fits } of parts) {
    if (given[property] === undefined || fits(given[property])) continue;
    throw unfit(kind, `${above}${String(called)}`, property, is, plugin);
  }
}

function unfit(kind: string, name: string, property: string, is: string, plugin: string): PrefishError {
  return new PrefishError(
    'PREFISH_PLUGIN_INVALID',
    `${plugin} registers the ${kind} "${name}" with unfit ${property}`,
    { plugin, hint: `${property} has to be ${is}, or left out.` },
  );
}

function incomplete(kind: string, what: string, plugin: string): PrefishError {
  return new PrefishError('PREFISH_PLUGIN_INVALID', `${plugin} registers ${what} as a ${kind}`, {
    plugin,
  });
}
