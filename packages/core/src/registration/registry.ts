import { PrefishError } from '@prefish/protocol';
import type { Command } from '../command.ts';
import type { Prefix, PrefixInfo } from '../prefix.ts';
import { RouteTable, type TokenClaim } from '../route.ts';
import type { TaskSource } from '../task-source.ts';
import type { RegisteredSource } from '../tasks/task-directory.ts';

/** A registered prefix under one of its tokens. */
interface OwnedPrefix {
  readonly info: PrefixInfo;
  readonly prefix: Prefix;
}

/** What the user's configuration says about tokens. */
export interface TokenConfiguration {
  readonly prefixes: Readonly<Record<string, string | readonly string[] | false>>;
  readonly expected: readonly { readonly id: string; readonly token: string; readonly plugin: string }[];
}

/** Everything that plugins have registered, and the routing table made of it. */
export class Registry {
  readonly #configuration: TokenConfiguration;
  readonly #prefixes = new Map<string, { prefix: Prefix; plugin: string }>();
  readonly #commands = new Map<string, Command & { plugin: string }>();
  readonly #sources = new Map<string, RegisteredSource>();
  readonly #failures = new Map<string, string>();
  #owned: readonly OwnedPrefix[] | undefined;
  #table: RouteTable | undefined;

  constructor(configuration: TokenConfiguration) {
    this.#configuration = configuration;
  }

  /** @throws PREFISH_TOKEN_INVALID, PREFISH_PLUGIN_DUPLICATE */
  addPrefix(prefix: Prefix, plugin: string): void {
    for (const token of this.#tokensOf(prefix)) checkToken(token, prefix.id, plugin);
    claimName(this.#prefixes, 'prefix', prefix.id, plugin);
    this.#prefixes.set(prefix.id, { prefix, plugin });
    this.#changed();
  }

  /** @throws PREFISH_PLUGIN_DUPLICATE */
  addCommand(command: Command, plugin: string): void {
    for (const name of [command.name, ...(command.aliases ?? [])])
      claimName(this.#commands, 'command', name, plugin);
    // Inherited rather than copied: `subcommands` may be a getter over what is registered later.
    const owned: Command & { plugin: string } = Object.assign(Object.create(command), { plugin });
    for (const name of [command.name, ...(command.aliases ?? [])]) this.#commands.set(name, owned);
    this.#changed();
  }

  /** @throws PREFISH_PLUGIN_DUPLICATE */
  addSource(source: TaskSource, plugin: string): void {
    claimName(this.#sources, 'task source', source.id, plugin);
    this.#sources.set(source.id, { source, plugin });
  }

  /** Takes back what `plugin` registered; its tokens stay refused, with `reason`, when there is one. */
  removePlugin(plugin: string, reason?: string): void {
    for (const [id, { prefix, plugin: owner }] of this.#prefixes) {
      if (owner !== plugin) continue;
      this.#prefixes.delete(id);
      if (reason !== undefined) for (const token of this.#tokensOf(prefix)) this.#failures.set(token, reason);
    }
    for (const [name, command] of this.#commands) if (command.plugin === plugin) this.#commands.delete(name);
    for (const [id, source] of this.#sources) if (source.plugin === plugin) this.#sources.delete(id);
    this.#changed();
  }

  get prefixes(): readonly PrefixInfo[] {
    return this.#ownedPrefixes().map(({ info }) => info);
  }

  get commands(): readonly (Command & { plugin: string })[] {
    return [...new Set(this.#commands.values())].filter(
      (command, index, all) => all.findIndex(({ name }) => name === command.name) === index,
    );
  }

  get sources(): readonly RegisteredSource[] {
    return [...this.#sources.values()];
  }

  command(name: string): (Command & { plugin: string }) | undefined {
    return this.#commands.get(name);
  }

  prefix(id: string): { readonly prefix: Prefix; readonly plugin: string } | undefined {
    return this.#prefixes.get(id);
  }

  /** What `plugin` has registered, by name. */
  registeredBy(plugin: string): { prefixes: string[]; commands: string[]; sources: string[] } {
    return {
      prefixes: [...this.#prefixes.values()]
        .filter((entry) => entry.plugin === plugin)
        .map(({ prefix }) => prefix.id),
      commands: this.commands.filter((entry) => entry.plugin === plugin).map(({ name }) => name),
      sources: this.sources.filter((entry) => entry.plugin === plugin).map(({ source }) => source.id),
    };
  }

  get table(): RouteTable {
    return (this.#table ??= new RouteTable(this.#claims(), this.#commands.keys()));
  }

  #changed(): void {
    this.#table = undefined;
    this.#owned = undefined;
  }

  #tokensOf({ id, token }: { id: string; token: string }): readonly string[] {
    const configured = Object.hasOwn(this.#configuration.prefixes, id)
      ? this.#configuration.prefixes[id]
      : undefined;
    if (configured === undefined) return [token];
    if (configured === false) return [];
    return typeof configured === 'string' ? [configured] : configured;
  }

  #ownedPrefixes(): readonly OwnedPrefix[] {
    this.#owned ??= [...this.#prefixes.values()].flatMap(({ prefix, plugin }) =>
      this.#tokensOf(prefix).map((token) => ({
        prefix,
        info: {
          id: prefix.id,
          token,
          plugin,
          summary: prefix.summary,
          examples: prefix.examples ?? [],
          sticky: prefix.sticky ?? false,
          teleport: prefix.teleport ?? {},
        },
      })),
    );
    return this.#owned;
  }

  #claims(): Iterable<TokenClaim> {
    const claims = new Map<string, { token: string; owners: PrefixInfo[]; unavailable?: string }>();
    for (const { info } of this.#ownedPrefixes()) {
      const claim = claims.get(info.token) ?? { token: info.token, owners: [] };
      claim.owners.push(info);
      claims.set(info.token, claim);
    }
    for (const expected of this.#configuration.expected) {
      if (this.#prefixes.has(expected.id)) continue;
      for (const token of this.#tokensOf(expected)) {
        if (!claims.has(token))
          claims.set(token, { token, owners: [], unavailable: `${expected.plugin} is not loaded` });
      }
    }
    for (const [token, reason] of this.#failures) {
      if (!claims.has(token)) claims.set(token, { token, owners: [], unavailable: reason });
    }
    return claims.values();
  }
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

function checkToken(token: string, id: string, plugin: string): void {
  const reason = /[\s\p{Cc}]/u.test(token)
    ? 'holds a space or a control character'
    : /^[/\\]/.test(token)
      ? 'begins with / or \\, which are reserved'
      : undefined;
  if (reason === undefined) return;
  throw new PrefishError(
    'PREFISH_TOKEN_INVALID',
    `The token ${JSON.stringify(token)} of the prefix "${id}" ${reason}`,
    {
      plugin,
      hint: `Choose another in the configuration: prefixes: { ${JSON.stringify(id)}: "…" }`,
    },
  );
}
