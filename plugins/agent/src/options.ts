/** A program that speaks the Agent Client Protocol on its standard input and output. */
export interface AcpCommand {
  /** On PATH, or a path. */
  readonly command: string;
  readonly args?: readonly string[];
  /** Added to the variables of the session. */
  readonly env?: Readonly<Record<string, string>>;
  /** The mode to work in, by the agent's own id of it (`plan`). */
  readonly mode?: string;
}

/**
 * A program without a protocol: started for each message, with the message in the place of `{prompt}`,
 * or on standard input where no argument holds that. What it prints is its answer.
 */
export interface PlainCommand {
  readonly exec: readonly [string, ...string[]];
}

/** What the plugin is told by whoever loads it. */
export interface AgentOptions {
  /** A known agent by name (`claude`), or how to start one. Default: one that is found on PATH. */
  readonly agent?: string | AcpCommand | PlainCommand;
  /** Which conversation the first message continues: the last one of this project, or one by its id. */
  readonly resume?: 'last' | (string & {});
  readonly folders: {
    /** Where conversations and the choice of an agent are remembered. An absolute path. */
    readonly state: string;
  };
}

interface Issue {
  readonly message: string;
  readonly path: readonly string[];
}

type Validated = { readonly value: AgentOptions } | { readonly issues: readonly Issue[] };

/** {@link AgentOptions} as a Standard Schema, written out: it is read at every start, and a library would be too. */
export const optionsSchema: {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: 'prefish';
    readonly validate: (value: unknown) => Validated;
    readonly types?: { readonly input: AgentOptions; readonly output: AgentOptions };
  };
} = {
  '~standard': {
    version: 1,
    vendor: 'prefish',
    validate(value) {
      const options = value as AgentOptions;
      const issues = [...folderIssues(options), ...agentIssues(options.agent), ...resumeIssues(options)];
      return issues.length === 0 ? { value: options } : { issues };
    },
  },
};

function folderIssues({ folders }: Partial<AgentOptions>): Issue[] {
  const isPath = typeof folders?.state === 'string' && folders.state.startsWith('/');
  return isPath ? [] : [{ path: ['folders', 'state'], message: 'must be an absolute path' }];
}

function resumeIssues({ resume }: Partial<AgentOptions>): Issue[] {
  const fits = resume === undefined || (typeof resume === 'string' && resume !== '');
  return fits ? [] : [{ path: ['resume'], message: 'must be "last" or the id of a conversation' }];
}

function agentIssues(agent: unknown): Issue[] {
  if (agent === undefined || (typeof agent === 'string' && agent !== '')) return [];
  if (!isRecord(agent)) {
    return [{ path: ['agent'], message: 'must be a name, { command, args?, env?, mode? } or { exec: […] }' }];
  }
  const issue = (name: string, message: string): Issue => ({ path: ['agent', name], message });
  if ('exec' in agent) {
    const fits = isStrings(agent['exec']) && agent['exec'].length > 0;
    return fits ? [] : [issue('exec', 'must be a program and its arguments: ["mytool", "{prompt}"]')];
  }
  const { command, args, env, mode } = agent;
  return [
    ...(typeof command === 'string' && command !== '' ? [] : [issue('command', 'must be a program')]),
    ...(args === undefined || isStrings(args) ? [] : [issue('args', 'must be a list of strings')]),
    ...(env === undefined || (isRecord(env) && isStrings(Object.values(env)))
      ? []
      : [issue('env', 'must hold a string for each variable')]),
    ...(mode === undefined || typeof mode === 'string' ? [] : [issue('mode', 'must be a string')]),
  ];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
