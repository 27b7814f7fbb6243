/** The protocol in which an agent speaks with its model; `none` for one that needs no model in a task. */
export type AgentModel = 'anthropic' | 'openai' | 'google' | 'none';

/** A program that speaks the Agent Client Protocol on its standard input and output. */
export interface AcpCommand {
  /** On PATH, or a path. */
  readonly command: string;
  readonly args?: readonly string[];
  /** Added to the variables of the session. */
  readonly env?: Readonly<Record<string, string>>;
  /** The mode to work in, by the agent's own id of it (`plan`). */
  readonly mode?: string;
  /** Default: the first that there is a credential for. */
  readonly model?: AgentModel;
}

/**
 * A program without a protocol: started for each message, with the message in the place of `{prompt}`,
 * or on standard input where no argument holds that. What it prints is its answer.
 */
export interface PlainCommand {
  readonly exec: readonly [string, ...string[]];
  readonly model?: AgentModel;
}

/** What becomes of the agent's requests for permission in a task. */
export type TaskPermissions = 'allow' | 'ask';

/** What the plugin is told by whoever loads it. */
export interface AgentOptions {
  /** A known agent by name (`claude`), or how to start one. Default: one that is found on PATH. */
  readonly agent?: string | AcpCommand | PlainCommand;
  /** Which conversation the first message continues: the last one of this project, or one by its id. */
  readonly resume?: 'last' | (string & {});
  /** Whether that is looked up and said before the first message; what cannot be continued is then begun anew. Default: false. */
  readonly announce?: boolean;
  /** What holds for its messages in tasks. */
  readonly tasks?: {
    /** Whether what the agent asks for is allowed, as the sandbox contains it, or asked of you. Default: `allow`. */
    readonly permissions?: TaskPermissions;
  };
  readonly folders: {
    /** Where conversations and the choice of an agent are remembered. An absolute path. */
    readonly state: string;
    /** Where keys are kept. An absolute path. */
    readonly data: string;
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
      const issues = [
        ...folderIssues(options),
        ...agentIssues(options.agent),
        ...resumeIssues(options),
        ...taskIssues(options.tasks),
      ];
      return issues.length === 0 ? { value: options } : { issues };
    },
  },
};

function folderIssues({ folders }: Partial<AgentOptions>): Issue[] {
  return (['state', 'data'] as const)
    .filter((name) => typeof folders?.[name] !== 'string' || !folders[name].startsWith('/'))
    .map((name) => ({ path: ['folders', name], message: 'must be an absolute path' }));
}

function resumeIssues({ resume }: Partial<AgentOptions>): Issue[] {
  const fits = resume === undefined || (typeof resume === 'string' && resume !== '');
  return fits ? [] : [{ path: ['resume'], message: 'must be "last" or the id of a conversation' }];
}

function taskIssues(tasks: unknown): Issue[] {
  if (tasks === undefined) return [];
  const permissions = isRecord(tasks) ? (tasks['permissions'] ?? 'allow') : undefined;
  const fits = permissions === 'allow' || permissions === 'ask';
  return fits ? [] : [{ path: ['tasks', 'permissions'], message: 'must be "allow" or "ask"' }];
}

function agentIssues(agent: unknown): Issue[] {
  if (agent === undefined || (typeof agent === 'string' && agent !== '')) return [];
  if (!isRecord(agent)) {
    return [{ path: ['agent'], message: 'must be a name, { command, args?, env?, mode? } or { exec: […] }' }];
  }
  const issue = (name: string, message: string): Issue => ({ path: ['agent', name], message });
  if ('exec' in agent) {
    const fits = isStrings(agent['exec']) && agent['exec'].length > 0;
    return [
      ...(fits ? [] : [issue('exec', 'must be a program and its arguments: ["mytool", "{prompt}"]')]),
      ...modelIssues(agent),
    ];
  }
  const { command, args, env, mode } = agent;
  return [
    ...(typeof command === 'string' && command !== '' ? [] : [issue('command', 'must be a program')]),
    ...(args === undefined || isStrings(args) ? [] : [issue('args', 'must be a list of strings')]),
    ...(env === undefined || (isRecord(env) && isStrings(Object.values(env)))
      ? []
      : [issue('env', 'must hold a string for each variable')]),
    ...(mode === undefined || typeof mode === 'string' ? [] : [issue('mode', 'must be a string')]),
    ...modelIssues(agent),
  ];
}

const models: readonly unknown[] = ['anthropic', 'openai', 'google', 'none'] satisfies AgentModel[];

function modelIssues({ model }: Readonly<Record<string, unknown>>): Issue[] {
  if (model === undefined || models.includes(model)) return [];
  return [{ path: ['agent', 'model'], message: `must be one of ${models.join(', ')}` }];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
