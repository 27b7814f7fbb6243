/** Plain text goes to a coding agent, over the Agent Client Protocol. */
export { agent as default, agent } from './plugin.ts';
export { findAgents, type FoundAgent } from './discovery/find-agents.ts';
export type { AcpAgentSpec, AgentSpec } from './agent-spec.ts';
export type { AcpCommand, AgentModel, AgentOptions, PlainCommand, TaskPermissions } from './options.ts';
export { describeTaskCredential } from './credentials/describe-task-credential.ts';
