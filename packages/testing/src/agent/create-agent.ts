import {
  agent,
  methods,
  PROTOCOL_VERSION,
  RequestError,
  type AgentApp,
  type AgentContext,
  type ContentBlock,
  type PromptResponse,
  type SessionUpdate,
} from '@agentclientprotocol/sdk';
import type { FakeAgentOptions } from './fake-agent.ts';
import { Sessions, type Session } from './sessions.ts';
import { takeTurn } from './turn.ts';

/** The agent behind {@link fakeAgent}: its handshake and its sessions. */
export function createFakeAgent(options: FakeAgentOptions): AgentApp {
  const sessions = new Sessions(options.sessions);
  let loggedIn = options.needsLogin !== true;
  const checkLogin = (): void => {
    if (!loggedIn) throw RequestError.authRequired();
  };
  return agent({ name: 'fake-agent' })
    .onRequest(methods.agent.initialize, () => ({
      protocolVersion: options.wrongVersion ? PROTOCOL_VERSION + 98 : PROTOCOL_VERSION,
      agentInfo: { name: 'fake-agent', title: 'Fake agent', version: '1.0.0' },
      agentCapabilities: {
        loadSession: options.sessions !== undefined,
        promptCapabilities: { embeddedContext: true },
      },
      authMethods: options.needsLogin
        ? [{ id: 'fake-login', name: 'Log in', description: 'Says yes to everyone' }]
        : [],
    }))
    .onRequest(methods.agent.authenticate, ({ params }) => {
      if (params.methodId !== 'fake-login') throw RequestError.invalidParams({ methodId: params.methodId });
      loggedIn = true;
      return {};
    })
    .onRequest(methods.agent.session.new, ({ params, client }) => {
      checkLogin();
      const session = sessions.create(params.cwd);
      offerCommands(client, session);
      return { sessionId: session.id };
    })
    .onRequest(methods.agent.session.load, async ({ params, client }) => {
      checkLogin();
      const session = await sessions.load(params.sessionId, params.cwd);
      if (session === undefined) throw RequestError.resourceNotFound(params.sessionId);
      for (const { role, text } of session.said) {
        const sessionUpdate = role === 'user' ? 'user_message_chunk' : 'agent_message_chunk';
        await tell(client, session, { sessionUpdate, content: { type: 'text', text } });
      }
      offerCommands(client, session);
      return {};
    })
    .onRequest(methods.agent.session.prompt, async ({ params, client, signal }) => {
      checkLogin();
      const session = sessions.get(params.sessionId);
      if (session === undefined) throw RequestError.resourceNotFound(params.sessionId);
      if (session.turn !== undefined) throw RequestError.invalidRequest('The session has a turn under way');
      session.turn = new AbortController();
      const stop = AbortSignal.any([signal, session.turn.signal]);
      try {
        return await prompted(client, session, partOf(textOf(params.prompt), options), stop);
      } finally {
        delete session.turn;
        await sessions.keep(session);
      }
    })
    .onNotification(methods.agent.session.cancel, ({ params }) => {
      sessions.get(params.sessionId)?.turn?.abort();
    });
}

/** One prompt to its end, with what was said kept. */
async function prompted(
  client: AgentContext,
  session: Session,
  text: string,
  signal: AbortSignal,
): Promise<PromptResponse> {
  session.said.push({ role: 'user', text });
  const stopReason = await takeTurn(text, {
    cwd: session.cwd,
    signal,
    tell: async (update) => {
      if (update.sessionUpdate === 'agent_message_chunk' && update.content.type === 'text') {
        session.said.push({ role: 'agent', text: update.content.text });
      }
      await tell(client, session, update);
    },
    permission: async (toolCall, choices) => {
      const { outcome } = await client.request(methods.client.session.requestPermission, {
        sessionId: session.id,
        toolCall,
        options: [...choices],
      });
      return outcome.outcome === 'selected' ? outcome.optionId : undefined;
    },
  });
  return { stopReason };
}

/** Tells the commands that the agent has, once the answer to the request has gone out. */
function offerCommands(client: AgentContext, session: Session): void {
  setImmediate(() => {
    void tell(client, session, {
      sessionUpdate: 'available_commands_update',
      availableCommands: [
        { name: 'review', description: 'Say what the agent thinks of the work' },
        { name: 'explain', description: 'Explain a file', input: { hint: 'PATH' } },
      ],
    });
  });
}

function tell(client: AgentContext, session: Session, update: SessionUpdate): Promise<void> {
  return client.notify(methods.client.session.update, { sessionId: session.id, update });
}

/** What it plays at that message. */
function partOf(message: string, { parts = {} }: FakeAgentOptions): string {
  const key = Object.keys(parts).find((each) => message.includes(each));
  return key === undefined ? message : parts[key]!;
}

function textOf(prompt: readonly ContentBlock[]): string {
  return prompt.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
}
