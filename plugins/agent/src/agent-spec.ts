import type { AgentModel } from './options.ts';

/** An agent that messages can go to, and how it is started. */
export type AgentSpec =
  | {
      readonly kind: 'acp';
      /** By which it is chosen and remembered: `claude`, or the command where it was configured. */
      readonly id: string;
      /** What people call it. */
      readonly name: string;
      /** Absolute path. */
      readonly file: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly mode?: string;
      /** The mode to work in where the agent offers it and none was configured. */
      readonly usualMode?: string;
      readonly model?: AgentModel;
      /** The command that logs in to it. */
      readonly login?: string;
    }
  | {
      readonly kind: 'exec';
      readonly id: string;
      readonly name: string;
      readonly file: string;
      readonly args: readonly string[];
      readonly env?: Readonly<Record<string, string>>;
      readonly model?: AgentModel;
    };

/** One that speaks the Agent Client Protocol. */
export type AcpAgentSpec = Extract<AgentSpec, { kind: 'acp' }>;
