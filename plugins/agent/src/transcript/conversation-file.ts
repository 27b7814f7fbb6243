import type { ContextEntry } from '../context/pending-context.ts';
import type { TranscriptEntry } from './transcript-entry.ts';

/** A conversation, and with whom it is. */
export interface ConversationParts {
  readonly entries: readonly TranscriptEntry[];
  /** What people call the agent. */
  readonly agent?: string;
}

/** A conversation as it is written down. */
export interface ConversationFile {
  /** Markdown. */
  readonly text: string;
  /** Whether its beginning is left out. */
  readonly shortened: boolean;
}

/** How much of a conversation goes along, in bytes of UTF-8. */
export const mostConversationBytes: number = 200 * 1024;

/**
 * A conversation as Markdown, for an agent to read: the newest whole, the oldest left out where there is too
 * much of it, and last what the user's shell printed since. `undefined` when there is nothing to tell.
 */
export function conversationFile({
  entries,
  agent,
  pending = [],
}: ConversationParts & { readonly pending?: readonly ContextEntry[] }): ConversationFile | undefined {
  if (entries.length === 0 && pending.length === 0) return undefined;
  const output =
    pending.length === 0 ? '' : `\n## In the user’s shell since\n\n${pending.map(ran).join('\n')}`;
  let room = mostConversationBytes - Buffer.byteLength(output);
  const kept: string[] = [];
  for (const [index, section] of sections(entries).toReversed().entries()) {
    room -= Buffer.byteLength(section);
    if (room < 0 && index > 0) break;
    kept.unshift(section);
  }
  const left = sections(entries).length - kept.length;
  const title = `# The conversation so far${agent === undefined ? '' : `, with ${agent}`}\n`;
  const note = left === 0 ? '' : `\n(The ${left} oldest parts are left out here.)\n`;
  return { text: `${title}${note}${kept.join('')}${output}`, shortened: left > 0 };
}

/** A section for each message, and the tool calls below the message that they followed. */
function sections(entries: readonly TranscriptEntry[]): readonly string[] {
  const result: string[] = [];
  let lastRole: string | undefined;
  for (const entry of entries) {
    if (entry.type === 'message') {
      const heading =
        entry.role === lastRole ? '' : `\n## ${entry.role === 'user' ? 'The user' : 'The agent'}\n`;
      result.push(`${heading}\n${entry.text.trim()}\n`);
      lastRole = entry.role;
    } else {
      const heading = lastRole === 'agent' ? '' : '\n## The agent\n';
      const title = entry.title.replaceAll(/\s+/g, ' ').trim();
      result.push(`${heading}\n- ${entry.status === 'completed' ? 'did' : entry.status}: ${title}\n`);
      lastRole = 'agent';
    }
  }
  return result;
}

function ran({ text }: ContextEntry): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text.trimEnd()}\n${fence}\n`;
}
