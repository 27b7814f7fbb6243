/** How one known agent is found and started. */
export interface KnownAgent {
  readonly id: string;
  readonly name: string;
  /** The programs that speak the Agent Client Protocol for it, the best first. */
  readonly commands: readonly string[];
  /** The agent's own program, where another one speaks the protocol for it. */
  readonly program?: string;
  args(version: string | undefined): readonly string[];
  /** Where `command` is missing: how to get it. */
  readonly install: string;
  /** The command that logs in. */
  readonly login: string;
}

/** In the order in which they are taken where nobody can be asked. */
export const knownAgents: readonly KnownAgent[] = [
  {
    id: 'claude',
    name: 'Claude Code',
    // The second is the name that the adapter had before 2026.
    commands: ['claude-agent-acp', 'claude-code-acp'],
    program: 'claude',
    args: () => [],
    install: 'npm install -g @agentclientprotocol/claude-agent-acp',
    login: 'claude auth login',
  },
  {
    id: 'codex',
    name: 'Codex',
    commands: ['codex-acp'],
    program: 'codex',
    args: () => [],
    install: 'npm install -g @agentclientprotocol/codex-acp',
    login: 'codex login',
  },
  {
    id: 'gemini',
    name: 'Gemini CLI',
    commands: ['gemini'],
    // Gemini CLI 0.33 renamed the flag; the old one warns there (google-gemini/gemini-cli#21171).
    args: (version) => [isBefore(version, 0, 33) ? '--experimental-acp' : '--acp'],
    install: 'npm install -g @google/gemini-cli',
    login: 'gemini',
  },
  {
    id: 'opencode',
    name: 'opencode',
    commands: ['opencode'],
    args: () => ['acp'],
    install: 'npm install -g opencode-ai',
    login: 'opencode auth login',
  },
];

function isBefore(version: string | undefined, major: number, minor: number): boolean {
  const [, ownMajor, ownMinor] = /^(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  if (ownMajor === undefined || ownMinor === undefined) return false;
  return Number(ownMajor) < major || (Number(ownMajor) === major && Number(ownMinor) < minor);
}
