import { untrustedEventTypes, type EventBody, type PlanEntry } from '@prefish/protocol';

/** What a line from inside a sandbox is worth. */
export type UntrustedLine =
  | { readonly kind: 'event'; readonly event: EventBody }
  /** It claims how the line ended. Only believed where the sandbox's own exit status agrees. */
  | { readonly kind: 'exit'; readonly signal?: string }
  /** An event that only the worker may write, or of a type that is not known. */
  | { readonly kind: 'refused' }
  /** Not an event at all. */
  | { readonly kind: 'text' };

type Fields = Readonly<Record<string, unknown>>;

/** A `detail` deeper than this could break whoever walks through it. */
const maxDepth = 32;

/**
 * Reads one line that came out of a sandbox, where any process may have written it: the allowed types
 * only, and each event made anew of its known fields, so that nothing else comes through.
 */
export function readUntrusted(line: string): UntrustedLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { kind: 'text' };
  }
  if (!isFields(value) || typeof value['type'] !== 'string') return { kind: 'text' };
  const type = value['type'];
  if (type === 'exit') {
    return typeof value['signal'] === 'string' ? { kind: 'exit', signal: value['signal'] } : { kind: 'exit' };
  }
  if (!untrustedEventTypes.has(type as EventBody['type'])) return { kind: 'refused' };
  const event = rebuild(type, value);
  return event === undefined ? { kind: 'text' } : { kind: 'event', event };
}

function rebuild(type: string, fields: Fields): EventBody | undefined {
  const text = textOf(fields['text']);
  switch (type) {
    case 'output': {
      const stream = fields['stream'];
      if (text === undefined || (stream !== 'stdout' && stream !== 'stderr')) return undefined;
      return { type, stream, text };
    }
    case 'message': {
      const role = fields['role'];
      if (text === undefined || (role !== 'user' && role !== 'agent')) return undefined;
      return { type, role, text };
    }
    case 'thought':
      return text === undefined ? undefined : { type, text };
    case 'tool':
      return tool(fields);
    case 'plan':
      return plan(fields);
    case 'question': {
      const id = textOf(fields['id']);
      const choices = listOf(fields['choices'], textOf);
      return id === undefined || text === undefined || choices === undefined
        ? undefined
        : { type, id, text, choices };
    }
    case 'progress':
      return progress(fields);
    case 'usage':
      return usage(fields);
    case 'warning':
    case 'error':
      return problem(type, fields);
    default:
      return undefined;
  }
}

function tool(fields: Fields): EventBody | undefined {
  const [id, title, status] = [textOf(fields['id']), textOf(fields['title']), textOf(fields['status'])];
  if (id === undefined || title === undefined || status === undefined) return undefined;
  const detail = fields['detail'];
  const kept = detail !== undefined && isShallow(detail, maxDepth);
  return { type: 'tool', id, title, status, ...(kept ? { detail } : {}) };
}

function plan(fields: Fields): EventBody | undefined {
  const entries = listOf(fields['entries'], (entry): PlanEntry | undefined => {
    if (!isFields(entry)) return undefined;
    const [text, status] = [textOf(entry['text']), entry['status']];
    if (text === undefined) return undefined;
    return status === 'pending' || status === 'in-progress' || status === 'completed'
      ? { text, status }
      : undefined;
  });
  return entries === undefined ? undefined : { type: 'plan', entries };
}

function progress(fields: Fields): EventBody | undefined {
  const [what, done, total] = [textOf(fields['what']), numberOf(fields['done']), numberOf(fields['total'])];
  if (what === undefined || done === undefined) return undefined;
  return { type: 'progress', what, done, ...(total === undefined ? {} : { total }) };
}

function usage(fields: Fields): EventBody | undefined {
  const [tokens, cost] = [amountOf(fields['tokens']), amountOf(fields['cost'])];
  if (tokens === undefined && cost === undefined) return undefined;
  return {
    type: 'usage',
    ...(tokens === undefined ? {} : { tokens }),
    ...(cost === undefined ? {} : { cost }),
  };
}

function problem(type: 'warning' | 'error', fields: Fields): EventBody | undefined {
  const [code, message] = [textOf(fields['code']), textOf(fields['message'])];
  if (code === undefined || message === undefined) return undefined;
  const [hint, plugin] = [textOf(fields['hint']), textOf(fields['plugin'])];
  return {
    type,
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(plugin === undefined ? {} : { plugin }),
  };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A string without halves of surrogate pairs, which no encoding can carry. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.toWellFormed() : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function amountOf(value: unknown): number | undefined {
  const amount = numberOf(value);
  return amount !== undefined && amount >= 0 ? amount : undefined;
}

function listOf<T>(value: unknown, read: (entry: unknown) => T | undefined): T[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const entries = value.map(read);
  return entries.every((entry) => entry !== undefined) ? entries : undefined;
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isShallow(inner, levels - 1));
}
