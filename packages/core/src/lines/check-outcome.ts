import type { Outcome } from '../outcome.ts';

/** What is wrong with what a handler returned as its outcome; nothing when it is one. Plugins need not be written in TypeScript. */
export function complaintAboutOutcome(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return `${value === null ? 'null' : typeof value}`;
  const outcome = value as Partial<Record<string, unknown>> & { readonly type?: Outcome['type'] };
  switch (outcome.type) {
    case 'ok':
      return outcome['exit'] === undefined || isExit(outcome['exit'])
        ? undefined
        : 'an exit without a code or a signal';
    case 'task':
      return isRecord(outcome['task']) && typeof outcome['task']['id'] === 'string'
        ? undefined
        : 'the outcome "task" without a task';
    case 'forward':
      return typeof outcome['text'] === 'string' ? undefined : 'the outcome "forward" without a text';
    case 'denied':
      return typeof outcome['reason'] === 'string' ? undefined : 'the outcome "denied" without a reason';
    case 'exit':
      return Number.isInteger(outcome['code']) ? undefined : 'the outcome "exit" without a code';
    default:
      return outcome.type === undefined
        ? 'an object without a type'
        : `the unknown outcome ${JSON.stringify(outcome.type)}`;
  }
}

function isExit(value: unknown): boolean {
  if (!isRecord(value)) return false;
  return 'code' in value ? Number.isInteger(value['code']) : typeof value['signal'] === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
