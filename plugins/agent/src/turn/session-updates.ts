import type { ContentBlock, SessionNotification, SessionUpdate } from '@agentclientprotocol/sdk';
import type { Out } from '@prefish/core';
import { ToolCalls, type ToolEvent } from './tool-calls.ts';

/** Turns what an agent reports of one message into events. Nothing of it is trusted to have the shape that it should. */
export class SessionUpdates {
  readonly #sessionId: string;
  readonly #out: Pick<Out, 'event'>;
  readonly #tools = new ToolCalls();
  #messageId: unknown;

  constructor(options: { readonly sessionId: string; readonly out: Pick<Out, 'event'> }) {
    this.#sessionId = options.sessionId;
    this.#out = options.out;
  }

  /** Takes the parameters of a `session/update`. Those of other sessions are dropped. */
  take(params: unknown): void {
    const { sessionId, update } = (params ?? {}) as Partial<SessionNotification>;
    if (sessionId !== this.#sessionId || typeof update !== 'object' || update === null) return;
    this.#take(update);
  }

  /** Tells of a tool call that the agent describes elsewhere: with a question about it. */
  tool(update: Parameters<ToolCalls['update']>[0]): ToolEvent | undefined {
    const event = this.#tools.update(update);
    if (event !== undefined) this.#out.event({ ...event });
    return event;
  }

  #take(update: SessionUpdate): void {
    switch (update.sessionUpdate) {
      case 'agent_message_chunk':
        return this.#message(textOf(update.content), update.messageId);
      case 'agent_thought_chunk': {
        const text = textOf(update.content);
        if (text !== '') this.#out.event({ type: 'thought', text });
        return;
      }
      case 'tool_call':
      case 'tool_call_update':
        this.tool(update);
        return;
      case 'plan':
        return this.#plan(update.entries);
      case 'usage_update':
        return this.#usage(update);
      default:
    }
  }

  /** One message may end where the next begins, without a line between them: then there is one. */
  #message(text: string, id: unknown): void {
    if (text === '') return;
    const isNext = id != null && this.#messageId != null && id !== this.#messageId;
    this.#messageId = id;
    this.#out.event({ type: 'message', role: 'agent', text: isNext ? `\n\n${text}` : text });
  }

  #plan(entries: unknown): void {
    if (!Array.isArray(entries)) return;
    const listed = entries.map((entry: { content?: unknown; status?: unknown } | null) => ({
      text: String(entry?.content ?? ''),
      status: planStatus(entry?.status),
    }));
    this.#out.event({ type: 'plan', entries: listed });
  }

  #usage({
    used,
    cost,
  }: {
    readonly used?: unknown;
    readonly cost?: { readonly amount?: unknown } | null;
  }): void {
    const tokens = typeof used === 'number' ? { tokens: used } : {};
    const spent = typeof cost?.amount === 'number' ? { cost: cost.amount } : {};
    this.#out.event({ type: 'usage', ...tokens, ...spent });
  }
}

function planStatus(status: unknown): 'pending' | 'in-progress' | 'completed' {
  if (status === 'completed') return 'completed';
  return status === 'in_progress' ? 'in-progress' : 'pending';
}

/** What can be read of a block; of pictures and sounds, that there was one. */
function textOf(content: ContentBlock | undefined): string {
  if (content?.type === 'text') return typeof content.text === 'string' ? content.text : '';
  if (content?.type === 'resource_link') return `[${content.name}](${content.uri})`;
  return content === undefined ? '' : `[${content.type}]`;
}
