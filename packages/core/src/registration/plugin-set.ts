import { errorMessage, isPrefishError, PrefishError } from '@prefish/protocol';
import type { Plugin } from '../plugin.ts';
import type { LoadedPlugin, PluginWithOrigin } from '../shell.ts';
import { refusal } from '../lines/refusal.ts';
import { loadPlugin, type Cleanup, type LoadTarget } from './load-plugin.ts';
import { PluginOwner } from './plugin-owner.ts';
import { readPlugin } from './read-plugin.ts';

/** A plugin that is loaded, or about to be. */
interface Member {
  readonly owner: PluginOwner;
  /** Resolves when its load has ended: with its cleanup, with nothing when it could not be loaded. */
  readonly loaded: PromiseWithResolvers<Cleanup | undefined>;
  /** Its removal, once that has begun: one for all who ask for it. */
  removing?: Promise<void>;
}

/** What is known of a plugin that was given, apart from what it has registered. */
type Facts = Pick<LoadedPlugin, 'name' | 'version' | 'origin' | 'error'>;

/** The plugins of one shell, from their setup to their cleanup. */
export class PluginSet {
  readonly #target: LoadTarget;
  readonly #members = new Map<string, Member>();
  readonly #known: Facts[] = [];
  /** The conflicts of tokens that have been said, as they are now. */
  #conflicts: ReadonlySet<string> = new Set();
  #closed = false;

  constructor(target: LoadTarget) {
    this.#target = target;
  }

  get list(): readonly LoadedPlugin[] {
    return this.#known.map((facts) => this.#described(facts));
  }

  owner(name: string): PluginOwner | undefined {
    return this.#members.get(name)?.owner;
  }

  /** Loads a plugin. One that cannot be loaded is an `error` event, and an entry with `error`. */
  async load(given: Plugin | PluginWithOrigin): Promise<LoadedPlugin> {
    let facts: Facts = { name: 'a plugin', origin: 'given' };
    let member: Member | undefined;
    let cleanup: Cleanup | undefined;
    try {
      const { plugin: value, origin } = placed(given);
      facts = { ...facts, origin };
      const plugin = readPlugin(value);
      const { name, version } = plugin;
      facts = { name, origin, ...(version === undefined ? {} : { version }) };
      member = this.#enter(plugin);
      cleanup = await loadPlugin(plugin, member.owner, this.#target);
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(errorMessage(thrown));
      const named = isPrefishError(error) && error.plugin !== undefined ? error.plugin : facts.name;
      facts = { ...facts, name: facts.name === 'a plugin' ? named : facts.name, error };
      this.#target.log.report('error', error, facts.name);
      if (member !== undefined && member.removing === undefined) this.#members.delete(facts.name);
    }
    this.#known.push(facts);
    member?.loaded.resolve(cleanup);
    this.#sayConflicts();
    return this.#described(facts);
  }

  /**
   * Takes a plugin out: nothing reaches it any more, its lines are interrupted, its cleanup is run.
   * Its tokens stay refused.
   *
   * @throws PREFISH_CLEANUP_FAILED when it is out, and its cleanup failed
   */
  async unload(name: string): Promise<void> {
    const member = this.#members.get(name);
    if (member === undefined) this.#forget(name);
    else await this.#remove(member);
  }

  /** Unloads all, the last one first. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const member of [...this.#members.values()].reverse()) {
      await this.#remove(member).catch((error: unknown) => this.#target.log.report('error', error));
    }
  }

  /** @throws PREFISH_PLUGIN_CLOSED, PREFISH_PLUGIN_DUPLICATE */
  #enter({ name }: Plugin): Member {
    if (this.#closed) {
      throw new PrefishError('PREFISH_PLUGIN_CLOSED', `${name} is loaded into a shell that is closed`, {
        plugin: name,
      });
    }
    if (this.#members.has(name)) {
      throw new PrefishError('PREFISH_PLUGIN_DUPLICATE', `A plugin named ${name} is loaded already`, {
        plugin: name,
        hint: 'The first one stays. Name it once in the configuration.',
      });
    }
    this.#forget(name);
    const member: Member = { owner: new PluginOwner(name), loaded: Promise.withResolvers() };
    this.#members.set(name, member);
    return member;
  }

  #remove(member: Member): Promise<void> {
    return (member.removing ??= this.#takeOut(member));
  }

  async #takeOut({ owner, loaded }: Member): Promise<void> {
    const { name } = owner;
    owner.abort();
    const cleanup = await loaded.promise;
    this.#target.registry.removePlugin(name, `${name} was unloaded`);
    await Promise.allSettled(owner.running);
    try {
      await cleanup?.();
    } finally {
      owner.close();
      this.#members.delete(name);
      if (!this.#closed) this.#forget(name);
      this.#sayConflicts();
    }
  }

  /** Names two plugins that claim one token when the second comes, not only when a line needs it. */
  #sayConflicts(): void {
    const said = this.#conflicts;
    const now = new Set<string>();
    for (const claim of this.#target.registry.conflicts) {
      const key = JSON.stringify([claim.token, ...claim.owners.map(({ id }) => id)]);
      now.add(key);
      if (!said.has(key)) this.#target.log.report('warning', refusal(claim));
    }
    this.#conflicts = now;
  }

  #forget(name: string): void {
    for (let index = this.#known.length - 1; index >= 0; index--) {
      if (this.#known[index]!.name === name) this.#known.splice(index, 1);
    }
  }

  #described(facts: Facts): LoadedPlugin {
    const registered =
      facts.error === undefined
        ? this.#target.registry.registeredBy(facts.name)
        : { prefixes: [], commands: [], sources: [] };
    return { ...facts, ...registered };
  }
}

/** An entry of `plugins` with its origin. Anything may stand there when configuration is wrong. */
function placed(entry: Plugin | PluginWithOrigin): PluginWithOrigin {
  return typeof entry === 'object' && entry !== null && 'plugin' in entry
    ? entry
    : { plugin: entry, origin: 'given' };
}
