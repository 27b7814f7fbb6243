import { basename } from 'node:path';
import type { ModelApi } from '@prefish/core';
import type { AgentSpec } from '../agent-spec.ts';
import { knownAgents } from '../discovery/known-agents.ts';

const apisOfKnown: Readonly<Record<string, readonly ModelApi[]>> = {
  claude: ['anthropic'],
  codex: ['openai'],
  gemini: ['google'],
};
const everyApi: readonly ModelApi[] = ['anthropic', 'openai', 'google'];

/** The known agent that a spec starts, also where it was configured as a command. */
export function knownIdOf({ id, file }: Pick<AgentSpec, 'id' | 'file'>): string | undefined {
  return knownAgents.find(
    (known) => known.id === id || known.commands.includes(basename(file)) || known.program === basename(file),
  )?.id;
}

/** The APIs that an agent can speak with, the best first; none for one that needs no model. */
export function apisOf(spec: Pick<AgentSpec, 'id' | 'file' | 'model'>): readonly ModelApi[] {
  if (spec.model === 'none') return [];
  if (spec.model !== undefined) return [spec.model];
  return apisOfKnown[knownIdOf(spec) ?? ''] ?? everyApi;
}
