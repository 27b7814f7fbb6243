import { basename } from 'node:path';
import { PrefishError } from '@prefish/core';
import { findProgram, isProgram } from '@prefish/processes';
import type { AgentSpec } from '../agent-spec.ts';
import { knownIdOf } from '../credentials/agent-apis.ts';
import { findAgents } from '../discovery/find-agents.ts';

/**
 * The agent that a message was sent with, as it is where the message runs: on another machine its program is
 * elsewhere, or not there at all.
 *
 * @throws PREFISH_AGENT_MISSING with the command that brings one that is known
 */
export function agentInPlace(agent: AgentSpec, env: Readonly<Record<string, string>>): AgentSpec {
  if (isProgram(agent.file)) return agent;
  const id = knownIdOf(agent) ?? agent.id;
  const known = findAgents(env).find((each) => each.id === id);
  if (known?.spec !== undefined && agent.kind === 'acp') {
    return { ...agent, file: known.spec.file, args: known.spec.args };
  }
  const file = findProgram(basename(agent.file), env['PATH']);
  if (file !== undefined) return { ...agent, file };
  // That its program is not there is said when it is started.
  if (known === undefined) return agent;
  throw new PrefishError(
    'PREFISH_AGENT_MISSING',
    `${agent.name} is not on the machine that the message was sent to: ${known.missing}`,
    { hint: `There: ${known.install}` },
  );
}
