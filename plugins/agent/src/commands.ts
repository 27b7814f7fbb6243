import type { Outcome, RunContext } from '@prefish/core';
import { sanitize, sanitizeLabel } from '@prefish/screen';
import type { ContextEntry } from './context/pending-context.ts';
import { findAgents } from './discovery/find-agents.ts';
import type { Messenger } from './messenger.ts';

/** `/agent`: who takes the messages, and who else could. */
export function show(messenger: Messenger, { env }: RunContext): Outcome {
  const { current } = messenger;
  const found = findAgents(env);
  const width = Math.max(...found.map(({ id }) => id.length));
  const rows = found.map(({ id, name, version, missing, install }) => {
    const what =
      missing === undefined
        ? [name, version].filter(Boolean).join(' ')
        : `${missing}\n${' '.repeat(width + 4)}${install}`;
    return `${id === current?.id ? '*' : ' '} ${id.padEnd(width)}  ${what}`;
  });
  const now =
    current === undefined
      ? 'The first message starts an agent.'
      : `Messages go to ${current.name}${current.session === undefined ? '' : `, conversation ${sanitizeLabel(current.session)}`}.`;
  const data = { current: current && { agent: current.id, session: current.session }, agents: found };
  return { type: 'ok', message: [now, ...rows].join('\n'), data };
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
