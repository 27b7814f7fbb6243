import type { ToolCallContent, ToolCallUpdate } from '@agentclientprotocol/sdk';
import { createTwoFilesPatch } from 'diff';

/** What a `tool` event says besides title and status. */
export interface ToolDetail {
  /** The agent's word for what it does: `read`, `edit`, `execute` … */
  readonly kind?: string;
  /** The files that it is about. */
  readonly paths?: readonly string[];
  /** Changes to files, as one unified diff. */
  readonly diff?: string;
  /** What came out of it. */
  readonly output?: string;
  /** The exit code of a command that it ran, where the agent tells. */
  readonly exit?: number;
}

/** A `tool` event. */
export interface ToolEvent {
  readonly type: 'tool';
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly detail: ToolDetail;
}

/** So many calls of one message are remembered: an agent that invents ids fills no memory. */
const rememberedCalls = 500;
const longestDiff = 128 * 1024;
const longestOutput = 16 * 1024;
/** A diff that is not found in this time is not shown. */
const diffWithinMs = 200;

/** Puts the tool calls of a message together: the agent sends of each only what has changed. */
export class ToolCalls {
  readonly #calls = new Map<string, ToolEvent>();

  /** The call as it is now; nothing when the update names none. */
  update(update: Partial<ToolCallUpdate>): ToolEvent | undefined {
    const id = update.toolCallId;
    if (typeof id !== 'string') return undefined;
    const known = this.#calls.get(id);
    const event: ToolEvent = {
      type: 'tool',
      id,
      title: textOr(update.title, known?.title ?? textOr(update.kind, 'a tool')),
      status: textOr(update.status, known?.status ?? 'pending'),
      detail: { ...known?.detail, ...detailOf(update) },
    };
    this.#calls.delete(id);
    this.#calls.set(id, event);
    if (this.#calls.size > rememberedCalls) this.#calls.delete(this.#calls.keys().next().value!);
    return event;
  }
}

function detailOf({ kind, locations, content, rawOutput }: Partial<ToolCallUpdate>): ToolDetail {
  const paths = (Array.isArray(locations) ? locations : [])
    .map((location) => location?.path)
    .filter((path) => typeof path === 'string');
  const parts = Array.isArray(content) ? content : [];
  const diff = parts.map(diffOf).join('');
  const output = parts.map(outputOf).join('');
  const exit = exitOf(rawOutput);
  return {
    ...(typeof kind === 'string' ? { kind } : {}),
    ...(paths.length > 0 ? { paths } : {}),
    ...(diff === '' ? {} : { diff: cut(diff, longestDiff) }),
    ...(output === '' ? {} : { output: cut(output, longestOutput) }),
    ...(exit === undefined ? {} : { exit }),
  };
}

/** Agents have no word in common for it. */
function exitOf(rawOutput: unknown): number | undefined {
  if (typeof rawOutput !== 'object' || rawOutput === null) return undefined;
  const { exit_code, exitCode, code } = rawOutput as Readonly<Record<string, unknown>>;
  return [exit_code, exitCode, code].find((value) => Number.isInteger(value)) as number | undefined;
}

function diffOf(part: ToolCallContent): string {
  if (part?.type !== 'diff' || typeof part.path !== 'string' || typeof part.newText !== 'string') return '';
  const before = typeof part.oldText === 'string' ? part.oldText : '';
  const from = typeof part.oldText === 'string' ? `a${part.path}` : '/dev/null';
  const patch = createTwoFilesPatch(from, `b${part.path}`, before, part.newText, undefined, undefined, {
    context: 3,
    timeout: diffWithinMs,
  });
  return patch?.replace(/^=+\n/, '') ?? `--- ${from}\n+++ b${part.path}\n(too large to compare)\n`;
}

function outputOf(part: ToolCallContent): string {
  const text: unknown = part?.type === 'content' && part.content?.type === 'text' && part.content.text;
  return typeof text === 'string' ? text : '';
}

function cut(text: string, longest: number): string {
  return text.length <= longest
    ? text
    : `${text.slice(0, longest)}\n… ${text.length - longest} characters more`;
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' && value !== '' ? value : fallback;
}
