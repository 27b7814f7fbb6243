/** Plain text goes to a coding agent, over the Agent Client Protocol. */
export { agent as default, agent } from './plugin.ts';
export { findAgents, type FoundAgent } from './discovery/find-agents.ts';
export type { AcpAgentSpec, AgentSpec } from './agent-spec.ts';
export type { AcpCommand, AgentModel, AgentOptions, PlainCommand, TaskPermissions } from './options.ts';

/** Loads what can be told of the agents of a machine without a shell: no line needs it. */
export const inspectAgents = (): Promise<typeof import('./inspection.ts')> => import('./inspection.ts');
