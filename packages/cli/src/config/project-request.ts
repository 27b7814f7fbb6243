import { isAbsolute, join } from 'node:path';
import type { Config, PluginEntry, PrefixTokens } from '@prefish/core';
import { expectedPrefixes } from '../default-plugins.ts';
import { visible } from '../trust/question.ts';
import type { TrustRequest } from '../trust/trust.ts';
import { grantedMounts } from './granted-mounts.ts';
import { moduleName, tokensOf } from './merge.ts';

/** With what a token may begin that a project gives itself: signs with which no sentence begins. */
const harmlessStart = /^[!#$%&+:;=>^|~]/;

/** A project's configuration, divided by whether it may count without trust. */
export interface Divided {
  /** New tokens for prefixes of the default plugins. They yield to those of other plugins. */
  readonly harmless: Config;
  /** What the rest would do, a sentence each; empty when there is no rest. */
  readonly effects: readonly string[];
  /** The files that the rest names as plugins. */
  readonly modules: readonly string[];
  /** The packages that it names so. */
  readonly packages: readonly string[];
}

/**
 * Divides the configuration of a data file. `folder` is where it lies, `current` what the prefixes' tokens
 * are without it.
 */
export function divide(config: Config, folder: string, current: PrefixTokens): Divided {
  const prefixes = Object.entries(config.prefixes ?? {});
  const harmless = prefixes.filter(([id, tokens]) => isHarmless(id, tokens, current));
  const waiting = prefixes.filter((entry) => !harmless.includes(entry));
  const plugins = config.plugins ?? [];
  const named = plugins
    .filter((entry) => !isLeftOut(entry))
    .map((entry) => moduleName(moduleOf(entry), folder));
  const modules = named.filter((module) => isAbsolute(module));
  const effects = [
    ...plugins.map(
      (entry) =>
        `${isLeftOut(entry) ? 'leave out' : 'load'} the plugin ${visible(moduleOf(entry))}${describeOptions(entry)}`,
    ),
    ...waiting.map(([id, tokens]) => describeTokens(id, tokens)),
    ...(config.server === undefined ? [] : [`send lines to ${visible(config.server)}`]),
    ...(config.network === undefined ? [] : [`let every teleported line reach: ${config.network}`]),
    ...(config.allow === undefined
      ? []
      : [`let teleported lines reach: ${config.allow.map(visible).join(', ') || 'no host'}`]),
    ...(config.sandbox === undefined ? [] : [describeSandbox(config.sandbox)]),
    ...(config.agent === undefined ? [] : [`send plain text to ${describeAgent(config.agent)}`]),
    ...(config.carry === undefined ? [] : [`send along ${config.carry.map(visible).join(', ')}`]),
    ...(config.setup === undefined
      ? []
      : [`run ${visible(config.setup)} first on a server elsewhere, in the task`]),
    ...(config.snapshot === undefined
      ? []
      : [`send files ${describeSnapshotLimits(config.snapshot)} unasked`]),
    ...grantedMounts(config.mounts).map(
      ({ path, writable }) =>
        `let teleported lines read ${writable === true ? 'and write ' : ''}${visible(path)} on this machine`,
    ),
    ...(config.environment === undefined
      ? []
      : [`send along the variables ${config.environment.map(visible).join(', ')}`]),
  ];
  return {
    harmless: { prefixes: Object.fromEntries(harmless) },
    effects,
    modules,
    packages: named.filter((module) => !isAbsolute(module)),
  };
}

function describeSnapshotLimits({ file, total }: NonNullable<Config['snapshot']>): string {
  const limits = [
    ...(file === undefined ? [] : [`of up to ${visible(file)}`]),
    ...(total === undefined ? [] : [`of up to ${visible(total)} together`]),
  ];
  return limits.join(', ');
}

/** What is asked of the user about a project's configuration file. */
export function trustRequest(
  root: string,
  file: { readonly path: string; readonly content?: Uint8Array },
  { modules, effects }: Pick<Divided, 'modules' | 'effects'>,
): TrustRequest {
  return {
    root,
    files: [file.path, ...new Set(modules)],
    effects,
    ...(file.content === undefined ? {} : { contents: new Map([[file.path, file.content]]) }),
  };
}

/**
 * Tokens for a prefix of a default plugin that none of the others has, that take no line from them, and that
 * begin no sentence. What plugins of the user have is known only later: the tokens yield to it.
 */
function isHarmless(id: string, tokens: PrefixTokens[string], current: PrefixTokens): boolean {
  if (!expectedPrefixes.some((prefix) => prefix.id === id)) return false;
  const own = tokensOf(Object.hasOwn(current, id) ? current[id] : undefined);
  const others = Object.entries(current)
    .filter(([other]) => other !== id)
    .flatMap(([, theirs]) => tokensOf(theirs))
    .filter((token) => token !== '');
  const given = tokensOf(tokens);
  return (
    given.length > 0 &&
    given.every(
      (token) =>
        own.includes(token) ||
        (harmlessStart.test(token) && !others.some((other) => token.startsWith(other))),
    )
  );
}

function describeTokens(id: string, tokens: PrefixTokens[string]): string {
  const name = visible(id);
  const given = tokensOf(tokens);
  if (given.length === 0) return `take the prefix "${name}" away`;
  return `give "${name}" the token ${given.map((token) => (token === '' ? '"" (plain text)' : visible(token))).join(' ')}`;
}

function moduleOf(entry: PluginEntry): string {
  if (typeof entry === 'string') return entry;
  return Array.isArray(entry) ? (entry as readonly [string, unknown])[0] : (entry as { name: string }).name;
}

function isLeftOut(entry: PluginEntry): boolean {
  return Array.isArray(entry) && (entry as readonly unknown[])[1] === false;
}

/** The options that come with a plugin: a program that it would start may be among them. */
function describeOptions(entry: PluginEntry): string {
  if (!Array.isArray(entry) || isLeftOut(entry)) return '';
  return ` with ${visible(JSON.stringify((entry as readonly unknown[])[1]) ?? '')}`;
}

function describeSandbox(sandbox: NonNullable<Config['sandbox']>): string {
  const effects = {
    auto: 'let teleported shell lines run without a sandbox, where none works',
    bwrap: 'refuse teleported lines where no sandbox works',
    none: 'let every teleported line, an agent’s too, run without a sandbox, where none works',
  };
  return effects[sandbox];
}

function describeAgent(agent: NonNullable<Config['agent']>): string {
  if (typeof agent === 'string') return visible(agent);
  if ('exec' in agent) return visible(agent.exec.join(' '));
  const { command, args = [], env = {}, mode } = agent;
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const started = visible([...variables, command, ...args].join(' '));
  return mode === undefined ? started : `${started}, in its mode ${visible(mode)}`;
}

/** What running a script would do, as far as can be said without running it. */
export function scriptEffect(root: string, path: string): string {
  const name = path.startsWith(join(root, '/')) ? path.slice(root.length + 1) : path;
  return `run ${visible(name)}`;
}
