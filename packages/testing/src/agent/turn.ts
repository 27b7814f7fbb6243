import type { PermissionOption, SessionUpdate, StopReason, ToolCallUpdate } from '@agentclientprotocol/sdk';
import { steps } from './steps.ts';

/** What a step may do: tell the client, ask it, and see whether it was told to stop. */
export interface Turn {
  readonly cwd: string;
  readonly signal: AbortSignal;
  tell(update: SessionUpdate): Promise<void>;
  /** The id of the choice; `undefined` when the client took its question back. */
  permission(toolCall: ToolCallUpdate, choices: readonly PermissionOption[]): Promise<string | undefined>;
}

/** What a step returns when the turn is over: why, or that it does not stop from here on. */
export type StepEnd = StopReason | 'ignore-cancel' | undefined;

/** Takes the steps of a prompt one after the other. */
export async function takeTurn(prompt: string, turn: Turn): Promise<StopReason> {
  const script = prompt.split('\n').flatMap((line) => {
    const [, name = '', rest = ''] = /^([a-z-]+)(?: (.*))?$/.exec(line) ?? [];
    const step = Object.hasOwn(steps, name) ? steps[name] : undefined;
    return step === undefined ? [] : [{ step, rest }];
  });
  if (script.length === 0) script.push({ step: steps['say']!, rest: `You said: ${prompt}` });
  let current = turn;
  for (const { step, rest } of script) {
    if (current.signal.aborted) return 'cancelled';
    try {
      const end = await step(rest, current);
      if (end === 'ignore-cancel') current = { ...turn, signal: new AbortController().signal };
      else if (end !== undefined) return end;
    } catch (error) {
      if (current.signal.aborted) return 'cancelled';
      throw error;
    }
  }
  return current.signal.aborted ? 'cancelled' : 'end_turn';
}
