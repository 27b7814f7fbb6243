/** Plain text goes to a coding agent, over the Agent Client Protocol. */
export { agent as default, agent } from './plugin.ts';
export { findAgents, type FoundAgent } from './discovery/find-agents.ts';
export type { AcpAgentSpec, AgentSpec } from './agent-spec.ts';
export type { AcpCommand, AgentOptions, PlainCommand } from './options.ts';
