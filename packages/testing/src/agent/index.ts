/** An agent for tests: a program that speaks the Agent Client Protocol and does what its prompt says. */
export { fakeAgent, type AgentCommand, type FakeAgentOptions } from './fake-agent.ts';
