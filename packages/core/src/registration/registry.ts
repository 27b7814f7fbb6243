import { PrefishError } from '@prefish/protocol';
import type { Command } from '../command.ts';
import type { Prefix, PrefixInfo } from '../prefix.ts';
import { RouteTable, type Route, type TokenClaim } from '../route.ts';
import type { TaskSource } from '../task-source.ts';
import { attributedSource } from '../tasks/attributed-source.ts';
import type { RegisteredSource } from '../tasks/task-directory.ts';
import { checkCommand, checkPrefix, checkSource } from './check-registration.ts';
import {
  checkToken,
  givenUp,
  tokensOf,
  type RefusedToken,
  type TokenConfiguration,
} from './configured-tokens.ts';
import { describePrefixes } from './describe-prefixes.ts';
import { yieldTokens, type Yielded } from './yielding.ts';

/** A registered prefix: whose it is, and what it said of itself then. */
interface RegisteredPrefix {
  readonly prefix: Prefix;
  readonly plugin: string;
  readonly declared: Omit<PrefixInfo, 'plugin'>;
}

/** Everything that plugins have registered, and the routing table made of it. */
export class Registry {
  readonly #configuration: TokenConfiguration;
  readonly #prefixes = new Map<string, RegisteredPrefix>();
  readonly #commands = new Map<string, Command & { plugin: string }>();
  readonly #sources = new Map<string, RegisteredSource>();
  /** The tokens of plugins that failed to load or were unloaded, by plugin. */
  readonly #failures = new Map<string, readonly RefusedToken[]>();
  #infos: readonly PrefixInfo[] | undefined;
  #table: RouteTable | undefined;
  #yielded: Yielded | undefined;

  constructor(configuration: TokenConfiguration) {
    this.#configuration = configuration;
  }

  /** @throws PREFISH_PLUGIN_INVALID, PREFISH_TOKEN_INVALID, PREFISH_PLUGIN_DUPLICATE */
  addPrefix(prefix: Prefix, plugin: string): void {
    checkPrefix(prefix, plugin);
    const { id, token, summary, examples = [], sticky = false, args, teleport = {} } = prefix;
    const described = args === undefined ? {} : { args };
    const declared = { id, token, summary, examples, sticky, ...described, teleport };
    for (const each of this.#tokensOf(declared)) checkToken(this.#configuration.prefixes, each, id, plugin);
    claimName(this.#prefixes, 'prefix', id, plugin);
    this.#prefixes.set(id, { prefix, plugin, declared });
    this.#changed();
  }

  /** @throws PREFISH_PLUGIN_INVALID, PREFISH_PLUGIN_DUPLICATE */
  addCommand(command: Command, plugin: string): void {
    checkCommand(command, plugin);
    const names = [command.name, ...(command.aliases ?? [])];
    for (const name of names) claimName(this.#commands, 'command', name, plugin);
    // Inherited rather than copied: `subcommands` may be a getter over what is registered later.
    const owned: Command & { plugin: string } = Object.assign(Object.create(command), { plugin });
    for (const name of names) this.#commands.set(name, owned);
    this.#changed();
  }

  /** @throws PREFISH_PLUGIN_INVALID, PREFISH_PLUGIN_DUPLICATE */
  addSource(source: TaskSource, plugin: string): void {
    checkSource(source, plugin);
    claimName(this.#sources, 'task source', source.id, plugin);
    this.#sources.set(source.id, { source: attributedSource(source, plugin), plugin });
  }

  /** Takes back what `plugin` registered; its tokens, of now and before, stay refused, with `reason`. */
  removePlugin(plugin: string, reason: string): void {
    const refused: RefusedToken[] = [];
    for (const [id, { declared, plugin: owner }] of this.#prefixes) {
      if (owner !== plugin) continue;
      this.#prefixes.delete(id);
      refused.push(...this.#tokensOf(declared).map((token) => ({ token, reason })));
      refused.push(...givenUp(this.#tokens.prefixes, declared));
    }
    for (const [name, command] of this.#commands) if (command.plugin === plugin) this.#commands.delete(name);
    for (const [id, source] of this.#sources) if (source.plugin === plugin) this.#sources.delete(id);
    const before = this.#failures.get(plugin) ?? [];
    const named = new Set(refused.map(({ token }) => token));
    this.#failures.set(plugin, [...refused, ...before.filter(({ token }) => !named.has(token))]);
    this.#changed();
  }

  /** Frees the tokens that `plugin` had before, and did not claim again. */
  freeTokens(plugin: string): void {
    if (this.#failures.delete(plugin)) this.#changed();
  }

  get prefixes(): readonly PrefixInfo[] {
    this.#infos ??= describePrefixes([...this.#prefixes.values()], (declared) => this.#tokensOf(declared));
    return this.#infos;
  }

  get commands(): readonly (Command & { plugin: string })[] {
    return [...new Set(this.#commands.values())]
      .filter((command, index, all) => all.findIndex(({ name }) => name === command.name) === index)
      .toSorted((one, other) => (one.rank ?? 0) - (other.rank ?? 0));
  }

  get sources(): readonly RegisteredSource[] {
    return [...this.#sources.values()];
  }

  command(name: string): (Command & { plugin: string }) | undefined {
    return this.#commands.get(name);
  }

  prefix(id: string): RegisteredPrefix | undefined {
    return this.#prefixes.get(id);
  }

  /** What `plugin` has registered, by name. */
  registeredBy(plugin: string): { prefixes: string[]; commands: string[]; sources: string[] } {
    return {
      prefixes: [...this.#prefixes.values()]
        .filter((entry) => entry.plugin === plugin)
        .map(({ declared }) => declared.id),
      commands: this.commands.filter((entry) => entry.plugin === plugin).map(({ name }) => name),
      sources: this.sources.filter((entry) => entry.plugin === plugin).map(({ source }) => source.id),
    };
  }

  /** The tokens that more than one prefix claims. */
  get conflicts(): readonly TokenClaim[] {
    return this.table.claims.filter(({ owners }) => owners.length > 1);
  }

  /** Why configured tokens that yield do not count at the moment, by the id of their prefix. */
  get yielded(): Yielded['warnings'] {
    return this.#tokens.warnings;
  }

  get table(): RouteTable {
    return (this.#table ??= new RouteTable(this.#claims(), this.#commands.keys()));
  }

  /** Where a body goes that is given to a prefix by its id, whatever it begins with. */
  routeTo(id: string, body: string): Route {
    const tokens = this.prefixes.filter((info) => info.id === id);
    for (const prefix of tokens) {
      if (prefix.token === '') return { kind: 'text', body, text: body };
      if (this.table.claim(prefix.token)?.owners.length !== 1) continue;
      return { kind: 'prefix', prefix, body, text: `${prefix.token} ${body}` };
    }
    const token = tokens[0]?.token ?? id;
    const claim = tokens[0] && this.table.claim(token);
    const expected = this.#configuration.expected.find((each) => each.id === id);
    const reason = this.#prefixes.has(id)
      ? 'the configuration gives it no token'
      : expected === undefined
        ? 'there is no prefix of that id'
        : notLoaded(expected.plugin);
    return {
      kind: 'refused',
      token,
      claim: claim ?? { token, owners: [], unavailable: reason },
      body,
      text: `${token} ${body}`,
    };
  }

  /** What the configuration says of tokens, as far as it counts beside what is registered now. */
  get #tokens(): Yielded {
    const { prefixes, yielding, expected, refused } = this.#configuration;
    if (yielding.length === 0) return { prefixes, warnings: new Map() };
    const registered = Array.from(this.#prefixes.values(), ({ declared }) => declared);
    const absent = expected.filter(({ id }) => !this.#prefixes.has(id));
    return (this.#yielded ??= yieldTokens(
      prefixes,
      yielding,
      [...registered, ...absent],
      [...refused, ...[...this.#failures.values()].flat()],
    ));
  }

  #changed(): void {
    this.#table = undefined;
    this.#infos = undefined;
    this.#yielded = undefined;
  }

  #tokensOf(declared: { readonly id: string; readonly token: string }): readonly string[] {
    return tokensOf(this.#tokens.prefixes, declared);
  }

  #claims(): Iterable<TokenClaim> {
    const claims = new Map<string, { token: string; owners: PrefixInfo[] } & Omit<TokenClaim, 'owners'>>();
    for (const info of this.prefixes) {
      const claim = claims.get(info.token) ?? { token: info.token, owners: [] };
      claim.owners.push(info);
      claims.set(info.token, claim);
    }
    for (const { token, reason, hint } of this.#refused()) {
      if (claims.has(token)) continue;
      claims.set(token, {
        token,
        owners: [],
        unavailable: reason,
        ...(hint === undefined ? {} : { hint }),
      });
    }
    return claims.values();
  }

  /** Tokens that must not be taken for plain text, as long as no prefix has them. */
  *#refused(): Iterable<RefusedToken> {
    for (const expected of this.#configuration.expected) {
      if (this.#prefixes.has(expected.id)) continue;
      for (const token of this.#tokensOf(expected)) yield { token, reason: notLoaded(expected.plugin) };
    }
    yield* this.#configuration.refused;
    for (const tokens of this.#failures.values()) yield* tokens;
    const registered = Array.from(this.#prefixes.values(), ({ declared }) => declared);
    for (const declared of [...registered, ...this.#configuration.expected])
      yield* givenUp(this.#tokens.prefixes, declared);
  }
}

function notLoaded(plugin: string): string {
  return `${plugin} is not loaded`;
}

function claimName(
  names: ReadonlyMap<string, { plugin: string }>,
  kind: string,
  name: string,
  plugin: string,
): void {
  const owner = names.get(name);
  if (owner === undefined) return;
  throw new PrefishError(
    'PREFISH_PLUGIN_DUPLICATE',
    `${plugin} registers the ${kind} "${name}", which ${owner.plugin} has already`,
    {
      plugin,
      hint: `Remove one of the two plugins.`,
    },
  );
}
