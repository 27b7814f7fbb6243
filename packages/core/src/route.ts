import type { PrefixInfo } from './prefix.ts';

/** Where a line goes. Exactly one of the kinds. */
export type Route =
  /** To the owner of a token. `text` is the whole line, for a prefix that passes. */
  | { readonly kind: 'prefix'; readonly prefix: PrefixInfo; readonly body: string; readonly text: string }
  /** To a `/command`. `body` is what follows the name and one space. */
  | { readonly kind: 'command'; readonly name: string; readonly body: string; readonly text: string }
  /** To nobody's prefix: plain text, an escaped token, an unknown `/x`. */
  | { readonly kind: 'text'; readonly body: string; readonly text: string }
  /** Nowhere: several prefixes claim the token, or its owner is not available. */
  | {
      readonly kind: 'refused';
      readonly token: string;
      readonly claim: TokenClaim;
      readonly body: string;
      readonly text: string;
    };

/** Who claims a token. */
export interface TokenClaim {
  readonly token: string;
  readonly owners: readonly PrefixInfo[];
  /** Why its owner cannot be used, where that is so. */
  readonly unavailable?: string;
  /** What to do about that. */
  readonly hint?: string;
}

/** The registered tokens and command names, arranged so that a lookup costs the same for 3 and for 1,000. */
export class RouteTable {
  readonly #claims = new Map<string, TokenClaim>();
  readonly #commands: ReadonlySet<string>;
  /** The lengths of tokens, longest first. */
  readonly #lengths: readonly number[];

  constructor(claims: Iterable<TokenClaim>, commands: Iterable<string> = []) {
    for (const claim of claims) this.#claims.set(claim.token, claim);
    this.#commands = new Set(commands);
    const lengths = new Set(Array.from(this.#claims.keys(), (token) => token.length));
    this.#lengths = [...lengths].filter((length) => length > 0).sort((a, b) => b - a);
  }

  /** The longest claimed token that `text` begins with. */
  match(text: string): TokenClaim | undefined {
    for (const length of this.#lengths) {
      const claim = this.#claims.get(text.slice(0, length));
      if (claim !== undefined && claim.token.length === length) return claim;
    }
    return undefined;
  }

  get claims(): readonly TokenClaim[] {
    return [...this.#claims.values()];
  }

  /** The claim to exactly this token. */
  claim(token: string): TokenClaim | undefined {
    return this.#claims.get(token);
  }

  hasCommand(name: string): boolean {
    return this.#commands.has(name);
  }
}

/**
 * Decides where a line goes: longest token, column 0, nothing trimmed, one space after the token
 * belonging to it. `\` before a token, or what looks like a command, makes the line plain text. `?` alone is `/help`,
 * unless a prefix owns it. Pure and synchronous.
 */
export function route(text: string, table: RouteTable): Route {
  if (text.startsWith('\\')) {
    const rest = text.slice(1);
    const escapes =
      table.match(rest) !== undefined ||
      commandName(rest, table) !== undefined ||
      slashWord(rest) !== undefined;
    return { kind: 'text', body: escapes ? rest : text, text };
  }
  const name = commandName(text, table);
  if (name !== undefined)
    return { kind: 'command', name, body: withoutOneSpace(text.slice(name.length + 1)), text };
  const claim = table.match(text);
  if (claim === undefined) return { kind: 'text', body: text, text };
  const body = withoutOneSpace(text.slice(claim.token.length));
  const [owner, second] = claim.owners;
  if (owner === undefined || second !== undefined || claim.unavailable !== undefined) {
    return { kind: 'refused', token: claim.token, claim, body, text };
  }
  return { kind: 'prefix', prefix: owner, body, text };
}

/** The word that a line begins with where it looks like a command, whether there is one of that name: `/x`, a lone `/`. */
export function slashWord(text: string): string | undefined {
  return /^\/[A-Za-z][\w-]*(?=\s|$)|^\/(?=\s*$)/.exec(text)?.[0];
}

function commandName(text: string, table: RouteTable): string | undefined {
  if (text === '?') return table.match(text) === undefined && table.hasCommand('help') ? 'help' : undefined;
  const name = /^\/([^\s/]+)(?=\s|$)/.exec(text)?.[1];
  return name !== undefined && table.hasCommand(name) ? name : undefined;
}

function withoutOneSpace(text: string): string {
  return text.startsWith(' ') ? text.slice(1) : text;
}
