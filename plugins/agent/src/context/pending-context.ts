import type { Outcome, Route } from '@prefish/core';

/** What a line left for the next message. */
export interface ContextEntry {
  /** The line as it was typed. */
  readonly line: string;
  readonly text: string;
}

/** So much goes along, in characters; what is older makes room. */
const mostText = 48 * 1024;
const mostEntries = 20;

/** Keeps what lines print, for the next message to the agent. */
export class PendingContext {
  #outcomes: { readonly line: string; readonly outcome: Outcome & { readonly type: 'ok' } }[] = [];

  /** Takes note of how a line ended. The text is asked for when it is sent, not before. */
  settled(route: Route, result: Outcome | Error): void {
    if (result instanceof Error || result.type !== 'ok' || !('context' in result)) return;
    this.#outcomes.push({ line: route.text, outcome: result });
    if (this.#outcomes.length > mostEntries) this.#outcomes.shift();
  }

  /** What would go along, the oldest first. */
  get entries(): readonly ContextEntry[] {
    let room = mostText;
    const kept: ContextEntry[] = [];
    for (const { line, outcome } of this.#outcomes.toReversed()) {
      const text = outcome.context ?? '';
      room -= text.length;
      if (text === '') continue;
      if (room < 0) break;
      kept.unshift({ line, text });
    }
    return kept;
  }

  /** Takes what goes along; from now on it is sent. */
  take(): readonly ContextEntry[] {
    const { entries } = this;
    this.drop();
    return entries;
  }

  drop(): void {
    this.#outcomes = [];
  }
}
