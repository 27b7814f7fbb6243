/** What can be told of the agents of a machine without a shell. */
export { configuredAgent } from './discovery/agent-choice.ts';
export { findAgents } from './discovery/find-agents.ts';
export { describeTaskCredential } from './credentials/describe-task-credential.ts';
