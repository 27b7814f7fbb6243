import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How to start an agent. */
export interface AgentCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** How the fake agent differs from one that is well. */
export interface FakeAgentOptions {
  /** A folder in which it keeps its sessions, so that another process can load them. Without it, it cannot load any. */
  readonly sessions?: string;
  /** It wants `authenticate` with the method `fake-login` before it opens a session. */
  readonly needsLogin?: boolean;
  /** It speaks a version of the protocol that nobody knows. */
  readonly wrongVersion?: boolean;
  /** Steps that it takes at a message which holds their key, in place of those in the message. */
  readonly parts?: Readonly<Record<string, string>>;
  /** It starts and never answers. */
  readonly silent?: boolean;
}

/**
 * An agent that speaks the Agent Client Protocol, version 1, over its standard streams. Each line of a
 * prompt is a step; other lines are passed over, and a prompt without any step is repeated.
 *
 * | step | does |
 * |---|---|
 * | `say TEXT`, `think TEXT` | a chunk of a message, of a thought; `\n` begins a line |
 * | `edit PATH <<TEXT` | writes the file, in its working folder, and shows the difference |
 * | `run COMMAND` | runs it with `sh` in its working folder |
 * | `ask QUESTION` | asks for permission, and says what was chosen |
 * | `plan A; B; C` | a plan, the first entry of which is under way |
 * | `usage N` | N tokens of the context are used |
 * | `sleep MS`, `hang` | takes so long; never ends |
 * | `stop REASON` | ends the turn: `max_tokens`, `max_turn_requests`, `refusal` |
 * | `fail TEXT`, `needs-login` | answers the prompt with an error |
 * | `ignore-cancel` | from here on it does not stop when told to |
 * | `log TEXT` | a line on its standard error |
 * | `garbage` | a line on its standard output that is no message |
 * | `flood N` | N chunks of 100 characters, as fast as they go |
 * | `crash` | ends its process with code 7 |
 *
 * @example
 * const { command, args, env } = fakeAgent();
 * const child = spawn(command, args, { env: { ...process.env, ...env } });
 */
export function fakeAgent(options: FakeAgentOptions = {}): AgentCommand {
  const program = new URL(`./program${extname(import.meta.url)}`, import.meta.url);
  return {
    command: process.execPath,
    args: [fileURLToPath(program)],
    env: { PREFISH_FAKE_AGENT: JSON.stringify(options) },
  };
}
