import {
  client,
  methods,
  PROTOCOL_VERSION,
  type AuthMethod,
  type AvailableCommand,
  type ClientConnection,
  type ContentBlock,
  type InitializeResponse,
  type NewSessionResponse,
  type RequestPermissionRequest,
  type RequestPermissionResponse,
  type SessionNotification,
} from '@agentclientprotocol/sdk';
import { PrefishError } from '@prefish/core';
import { sanitizeLabel } from '@prefish/screen';
import manifest from '../../package.json' with { type: 'json' };
import type { AcpAgentSpec } from '../agent-spec.ts';
import { startAgent, type AgentProcess } from '../process/agent-process.ts';
import { agentError, protocolError, type Failing } from './agent-errors.ts';
import { answerInTime } from './answer-in-time.ts';
import { openMessageStream } from './message-stream.ts';
import { stopWhenAborted } from './stop-when-aborted.ts';

/** Who hears of what the agent does while a message is under way. */
export interface TurnListener {
  /** One `session/update`, as the agent sent it. The agent is read on when it has settled. */
  update(params: unknown): void | Promise<void>;
  permission(request: RequestPermissionRequest): Promise<RequestPermissionResponse>;
}

/** Where an agent is started, and what becomes of it. */
export interface ConnectOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Called when an answer takes long; the waiting goes on. */
  slow(message: string): void;
}

/** How long an agent may take to go by itself once its input is closed: it may have a conversation to write down. */
const goWithinMs = 2_000;

/** A running agent that has said what it can do. */
export class AgentConnection {
  readonly spec: AcpAgentSpec;
  readonly #process: AgentProcess;
  readonly #connection: ClientConnection;
  #capabilities: InitializeResponse['agentCapabilities'];
  #authMethods: readonly AuthMethod[] = [];
  #name: string;
  #commands: readonly AvailableCommand[] = [];
  #listener: TurnListener | undefined;

  private constructor(spec: AcpAgentSpec, process: AgentProcess) {
    this.spec = spec;
    this.#name = spec.name;
    this.#process = process;
    const stream = openMessageStream({
      output: process.child.stdin,
      input: process.child.stdout,
      update: (params) => this.#update(params),
    });
    this.#connection = client({ name: 'prefish' })
      .onRequest(
        methods.client.session.requestPermission,
        ({ params }) => this.#listener?.permission(params) ?? { outcome: { outcome: 'cancelled' } },
      )
      .connect(stream);
  }

  /**
   * Starts an agent and agrees on the protocol with it.
   *
   * @throws PREFISH_AGENT_START, PREFISH_AGENT_PROTOCOL, PREFISH_AGENT_VERSION, PREFISH_AGENT_ENDED, PREFISH_AGENT_FAILED
   */
  static async open(spec: AcpAgentSpec, options: ConnectOptions): Promise<AgentConnection> {
    const agent = new AgentConnection(spec, await startAgent(spec, options));
    try {
      await agent.#initialize(options);
    } catch (error) {
      await agent.#process.end();
      throw error;
    }
    return agent;
  }

  /** What people call the agent: one that was configured as a command says so itself. */
  get name(): string {
    return this.#name;
  }

  /** The slash commands that it offers. */
  get commands(): readonly AvailableCommand[] {
    return this.#commands;
  }

  /** Whether messages can still be sent. */
  get isOpen(): boolean {
    return !this.#connection.signal.aborted && !this.#process.hasExited;
  }

  /** Whether it takes files and output as blocks of their own. */
  get takesResources(): boolean {
    return this.#capabilities?.promptCapabilities?.embeddedContext === true;
  }

  /** Whether it can continue a conversation that an earlier process of it had. */
  get canResume(): boolean {
    return this.#capabilities?.loadSession === true || this.#resumesWithoutReplay;
  }

  /** @returns the id of the new conversation */
  async newSession(cwd: string, options: ConnectOptions): Promise<string> {
    const response = await this.#answered('a new conversation', options, () =>
      this.#connection.agent.request(methods.agent.session.new, { cwd, mcpServers: [] }),
    );
    const id: unknown = response?.sessionId;
    if (typeof id !== 'string')
      throw protocolError('It gave the conversation no id.', this.#failing('start'));
    await this.#setMode(id, response.modes, options);
    return id;
  }

  /** Continues a conversation. What was said in it is not shown again. */
  async resumeSession(sessionId: string, cwd: string, options: ConnectOptions): Promise<void> {
    const method = this.#resumesWithoutReplay ? methods.agent.session.resume : methods.agent.session.load;
    const response = await this.#answered('the earlier conversation', options, () =>
      this.#connection.agent.request(method, { sessionId, cwd, mcpServers: [] }),
    );
    await this.#setMode(sessionId, response?.modes, options);
  }

  /**
   * Sends a message and resolves with the reason for which the agent stopped. Aborting asks the agent
   * to stop; one that does not is ended with all that it started.
   *
   * @throws PREFISH_AGENT_ENDED, PREFISH_AGENT_PROTOCOL, PREFISH_AGENT_LOGIN, PREFISH_AGENT_FAILED, PREFISH_INTERRUPTED
   */
  async prompt(
    sessionId: string,
    prompt: ContentBlock[],
    listener: TurnListener,
    { signal, slow }: Pick<ConnectOptions, 'signal' | 'slow'>,
  ): Promise<string> {
    signal.throwIfAborted();
    this.#listener = listener;
    let ending: Promise<void> | undefined;
    using _ = stopWhenAborted(signal, {
      ask: () => this.#connection.agent.notify(methods.agent.session.cancel, { sessionId }),
      end: () => {
        slow(`${this.#name} did not stop when it was asked to, and was ended`);
        return (ending = this.#process.end());
      },
    });
    try {
      const { stopReason } = await this.#connection.agent.request(methods.agent.session.prompt, {
        sessionId,
        prompt,
      });
      return String(stopReason);
    } catch (cause) {
      const error = signal.aborted
        ? new PrefishError('PREFISH_INTERRUPTED', 'Interrupted', { cause })
        : await agentError(cause, this.#failing('while it worked on the message'));
      if (!this.isOpen) await this.#process.end();
      throw error;
    } finally {
      this.#listener = undefined;
      // A message has ended when all that its agent started has.
      await ending;
    }
  }

  /** Ends the agent and all that it started. */
  async close(): Promise<void> {
    await this.#process.end(goWithinMs);
    this.#connection.close();
  }

  /** Commands are offered between messages too; everything else belongs to one. */
  #update(params: unknown): void | Promise<void> {
    const { update } = (params ?? {}) as Partial<SessionNotification>;
    if (update?.sessionUpdate === 'available_commands_update' && Array.isArray(update.availableCommands)) {
      this.#commands = update.availableCommands;
    }
    return this.#listener?.update(params);
  }

  get #resumesWithoutReplay(): boolean {
    return this.#capabilities?.sessionCapabilities?.resume != null;
  }

  async #initialize(options: ConnectOptions): Promise<void> {
    const response = await this.#answered('the start', options, () =>
      this.#connection.agent.request(methods.agent.initialize, {
        protocolVersion: PROTOCOL_VERSION,
        clientCapabilities: {},
        clientInfo: { name: 'prefish', version: manifest.version },
      }),
    );
    const version: unknown = response?.protocolVersion;
    if (version !== PROTOCOL_VERSION) {
      throw new PrefishError(
        'PREFISH_AGENT_VERSION',
        `${this.#name} speaks version ${JSON.stringify(version)} of the Agent Client Protocol; prefish speaks ${PROTOCOL_VERSION}`,
        { hint: 'Update the agent, or prefish.' },
      );
    }
    this.#capabilities = response.agentCapabilities ?? {};
    this.#authMethods = Array.isArray(response.authMethods) ? response.authMethods : [];
    const { title, name } = response.agentInfo ?? {};
    if (this.spec.login === undefined) this.#name = sanitizeLabel(String(title ?? name ?? this.#name));
  }

  /** A mode that was configured has to be there; the one that is usual in tasks is taken where it is. */
  async #setMode(
    sessionId: string,
    modes: NewSessionResponse['modes'],
    options: ConnectOptions,
  ): Promise<void> {
    const { mode, usualMode } = this.spec;
    const isOffered = modes?.availableModes?.some(({ id }) => id === usualMode) === true;
    const modeId = mode ?? (isOffered && modes?.currentModeId !== usualMode ? usualMode : undefined);
    if (modeId === undefined) return;
    await this.#answered(`mode ${modeId}`, options, () =>
      this.#connection.agent.request(methods.agent.session.setMode, { sessionId, modeId }),
    );
  }

  /** The answer to a request that ought to come at once. */
  async #answered<T>(what: string, { signal, slow }: ConnectOptions, ask: () => Promise<T>): Promise<T> {
    try {
      return await answerInTime(ask, {
        name: this.#name,
        signal,
        slow,
        tooLate: (message) => protocolError(message, this.#failing(what)),
      });
    } catch (cause) {
      const error = await agentError(cause, this.#failing(what));
      // Only one that answered with an error of its own is of use for the next message: a login is seen by a new process.
      if (error.code !== 'PREFISH_AGENT_FAILED') await this.#process.end();
      throw error;
    }
  }

  #failing(during: string): Failing {
    return {
      spec: this.spec,
      name: this.#name,
      process: this.#process,
      authMethods: this.#authMethods,
      during,
      hasAnswered: this.#capabilities !== undefined,
    };
  }
}
