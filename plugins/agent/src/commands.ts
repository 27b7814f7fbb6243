import type { Outcome, RunContext } from '@prefish/core';
import { sanitize, sanitizeLabel } from '@prefish/screen';
import type { AgentSpec } from './agent-spec.ts';
import type { ContextEntry } from './context/pending-context.ts';
import { findAgents } from './discovery/find-agents.ts';
import type { Messenger } from './messenger.ts';

/** `/agent`: who takes the messages, and who else could. @throws PREFISH_AGENT_UNKNOWN for a configured one that is not there */
export async function show({ current, choice }: Messenger, context: RunContext): Promise<Outcome> {
  const found = findAgents(context.env);
  const configured = choice.configured(context);
  const next = current ?? (await choice.next(context));
  const own = found.some(({ id }) => id === configured?.id) ? undefined : configured;
  const width = Math.max(...found.map(({ id }) => id.length), own?.name.length ?? 0);
  const ownRow =
    own && `${own.id === next?.id ? '*' : ' '} ${own.name.padEnd(width)}  configured: ${commandOf(own)}`;
  const rows = found.map(({ id, name, version, missing, install }) => {
    const what =
      missing === undefined
        ? [name, version].filter(Boolean).join(' ')
        : `${missing}\n${' '.repeat(width + 4)}${install}`;
    return `${id === next?.id ? '*' : ' '} ${id.padEnd(width)}  ${what}`;
  });
  const data = {
    current: current && { agent: current.id, session: current.session },
    ...(configured && { configured: { agent: configured.id, name: configured.name } }),
    agents: found,
  };
  const shown = [
    whoTakes(next, current?.session, next !== undefined && next.id === configured?.id),
    ...(ownRow ? [ownRow] : []),
    ...rows,
  ];
  return { type: 'ok', message: shown.join('\n'), data };
}

function whoTakes(
  agent: { readonly name: string } | undefined,
  session: string | undefined,
  isConfigured: boolean,
): string {
  if (agent === undefined) return 'The first message starts an agent.';
  const how = isConfigured ? ', as configured' : '';
  return `Messages go to ${agent.name}${how}${session === undefined ? '' : `, conversation ${sanitizeLabel(session)}`}.`;
}

function commandOf({ file, args }: AgentSpec): string {
  return [file, ...args].map(sanitizeLabel).join(' ');
}

/** `/agent NAME`: another agent takes the messages from now on. */
export async function choose(name: string, messenger: Messenger, context: RunContext): Promise<Outcome> {
  const spec = await messenger.choice.choose(name, context);
  await messenger.switchTo(spec);
  return { type: 'ok', message: `messages go to ${spec.name}`, data: { agent: spec.id } };
}

/** `/context`: what goes along with the next message, as it goes, and how much `&` carries besides. */
export function showContext(entries: readonly ContextEntry[], messages: number): Outcome {
  const data = { entries, conversation: { messages } };
  const carried =
    messages === 0
      ? []
      : [`With & go the ${messages} messages of this conversation too; /clear begins a new one.`];
  if (entries.length === 0) {
    return { type: 'ok', message: ['nothing goes along with the next message', ...carried].join('\n'), data };
  }
  const shown = entries.map(({ text }) => sanitize(text).trimEnd()).join('\n\n');
  const drop = 'This goes along with the next message. /context drop drops it.';
  return { type: 'ok', message: [`${shown}\n`, drop, ...carried].join('\n'), data };
}
