import type { EventBody } from '@prefish/core';

/** One thing that was said or done in a conversation. */
export type TranscriptEntry =
  | { readonly type: 'message'; readonly role: 'user' | 'agent'; readonly text: string }
  | { readonly type: 'tool'; readonly title: string; readonly status: string };

/** What an event adds to a conversation: messages of both sides, tool calls that have ended, what a plain command printed. */
export function entryOf(event: EventBody): TranscriptEntry | undefined {
  if (event.type === 'message') return { type: 'message', role: event.role, text: event.text };
  if (event.type === 'output' && event.stream === 'stdout') {
    return { type: 'message', role: 'agent', text: event.text };
  }
  if (event.type !== 'tool' || !/^(?:completed|failed)$/.test(event.status)) return undefined;
  return { type: 'tool', title: event.title, status: event.status };
}

/** Puts the pieces of the agent's messages together, as they came one after the other. */
export function joined(entries: Iterable<TranscriptEntry>): readonly TranscriptEntry[] {
  const result: TranscriptEntry[] = [];
  for (const entry of entries) {
    const last = result.at(-1);
    if (last?.type !== 'message' || entry.type !== 'message' || last.role === 'user' || entry.role === 'user')
      result.push(entry);
    else result[result.length - 1] = { ...last, text: last.text + entry.text };
  }
  return result;
}

/** Reads an entry that was written down; `undefined` for anything else. */
export function readEntry(value: unknown): TranscriptEntry | undefined {
  const { type, role, text, title, status } = (value ?? {}) as Record<string, unknown>;
  if (type === 'message' && (role === 'user' || role === 'agent') && typeof text === 'string') {
    return { type, role, text };
  }
  return type === 'tool' && typeof title === 'string' && typeof status === 'string'
    ? { type, title, status }
    : undefined;
}
