import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  RequestError,
  type PermissionOption,
  type SessionUpdate,
  type StopReason,
  type ToolKind,
} from '@agentclientprotocol/sdk';
import type { StepEnd, Turn } from './turn.ts';

type Step = (rest: string, turn: Turn) => Promise<StepEnd | void> | StepEnd | void;

/** What can be chosen where permission is asked for. */
const choices: readonly PermissionOption[] = [
  { optionId: 'allow', name: 'Yes', kind: 'allow_once' },
  { optionId: 'always', name: 'Yes, always', kind: 'allow_always' },
  { optionId: 'reject', name: 'No', kind: 'reject_once' },
];

/** The steps that a prompt may hold, by their first word. */
export const steps: Readonly<Record<string, Step>> = {
  say: (text, { tell }) => tell(chunk('agent_message_chunk', `${unescaped(text)}\n`)),
  think: (text, { tell }) => tell(chunk('agent_thought_chunk', `${unescaped(text)}\n`)),
  edit,
  run,
  ask,
  plan: (list, { tell }) =>
    tell({
      sessionUpdate: 'plan',
      entries: list.split(';').map((content, index) => ({
        content: content.trim(),
        priority: 'medium',
        status: index === 0 ? 'in_progress' : 'pending',
      })),
    }),
  usage: (tokens, { tell }) => tell({ sessionUpdate: 'usage_update', used: Number(tokens), size: 200_000 }),
  sleep: (milliseconds, { signal }) => delay(Number(milliseconds), undefined, { signal }),
  hang: (_rest, { signal }) => delay(2 ** 31 - 1, undefined, { signal }),
  stop: (reason) => reason as StopReason,
  fail: (message) => {
    throw RequestError.internalError(undefined, message);
  },
  'needs-login': () => {
    throw RequestError.authRequired();
  },
  'ignore-cancel': () => 'ignore-cancel',
  log: (text) => void process.stderr.write(`${text}\n`),
  garbage: () => void process.stdout.write('\x1b[2Jthis is { no message\n'),
  flood: async (count, { tell, signal }) => {
    for (let index = 0; index < Number(count); index++) {
      signal.throwIfAborted();
      await tell(chunk('agent_message_chunk', `${String(index).padEnd(99, '.')}\n`));
    }
  },
  crash: () => process.exit(7),
};

function chunk(sessionUpdate: 'agent_message_chunk' | 'agent_thought_chunk', text: string): SessionUpdate {
  return { sessionUpdate, content: { type: 'text', text } };
}

function unescaped(text: string): string {
  return text.replaceAll(String.raw`\n`, '\n');
}

/** `edit PATH <<TEXT` */
async function edit(rest: string, turn: Turn): Promise<void> {
  const [path = '', text = ''] = rest.split(/ <<(.*)/s);
  const file = resolve(turn.cwd, path.trim());
  const newText = `${unescaped(text)}\n`;
  const toolCallId = await begin(turn, 'edit', `Edit ${path.trim()}`, [{ path: file }]);
  const oldText = await readFile(file, 'utf8').catch(() => null);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, newText);
  await turn.tell({
    sessionUpdate: 'tool_call_update',
    toolCallId,
    status: 'completed',
    content: [{ type: 'diff', path: file, oldText, newText }],
  });
}

/** `run COMMAND` */
async function run(command: string, turn: Turn): Promise<void> {
  const toolCallId = await begin(turn, 'execute', command);
  const child = spawn('/bin/sh', ['-c', command], {
    cwd: turn.cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const stop = (): boolean => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL');
  turn.signal.addEventListener('abort', stop, { once: true });
  process.once('exit', stop);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  turn.signal.removeEventListener('abort', stop);
  process.off('exit', stop);
  await turn.tell({
    sessionUpdate: 'tool_call_update',
    toolCallId,
    status: code === 0 ? 'completed' : 'failed',
    content: [{ type: 'content', content: { type: 'text', text: output } }],
    rawOutput: { code },
  });
}

/** `ask QUESTION` */
async function ask(question: string, turn: Turn): Promise<StepEnd> {
  const toolCallId = await begin(turn, 'other', question, [], 'pending');
  const chosen = await turn.permission({ toolCallId, title: question }, choices);
  const allowed = chosen === 'allow' || chosen === 'always';
  await turn.tell({
    sessionUpdate: 'tool_call_update',
    toolCallId,
    status: allowed ? 'completed' : 'failed',
  });
  if (chosen === undefined) return 'cancelled';
  const name = choices.find(({ optionId }) => optionId === chosen)?.name ?? chosen;
  await turn.tell(chunk('agent_message_chunk', `${question}: ${name}\n`));
  return undefined;
}

async function begin(
  turn: Turn,
  kind: ToolKind,
  title: string,
  locations: { path: string }[] = [],
  status: 'pending' | 'in_progress' = 'in_progress',
): Promise<string> {
  const toolCallId = randomUUID();
  await turn.tell({ sessionUpdate: 'tool_call', toolCallId, kind, title, status, locations });
  return toolCallId;
}
