import { join } from 'node:path';
import { exists, type WhereFrom } from './target.ts';

/** The file in which an agent looks for what a user wants in every project. */
export interface UserFile {
  readonly agent: string;
  /** Whether that agent has been used here. */
  readonly installed: boolean;
  readonly path: string;
}

/**
 * The user's own memory files, one an agent: no file is read by all of them. From the manuals:
 * https://code.claude.com/docs/en/memory, https://developers.openai.com/codex/guides/agents-md,
 * https://opencode.ai/docs/rules, https://geminicli.com/docs/cli/gemini-md,
 * https://docs.github.com/en/copilot/how-tos/copilot-cli
 */
export function userFiles({ env }: Pick<WhereFrom, 'env'>): readonly UserFile[] {
  const home = env['HOME'];
  if (!home) return [];
  const config = env['XDG_CONFIG_HOME'] || join(home, '.config');
  const places: readonly (readonly [agent: string, folder: string, file: string])[] = [
    ['Claude Code', env['CLAUDE_CONFIG_DIR'] || join(home, '.claude'), 'CLAUDE.md'],
    ['Codex', env['CODEX_HOME'] || join(home, '.codex'), 'AGENTS.md'],
    ['opencode', join(config, 'opencode'), 'AGENTS.md'],
    ['Gemini CLI', join(home, '.gemini'), 'GEMINI.md'],
    ['Copilot CLI', join(home, '.copilot'), 'copilot-instructions.md'],
  ];
  return places.map(([agent, folder, file]) => ({
    agent,
    installed: exists(folder),
    path: join(folder, file),
  }));
}

/** Those that exist; where none does, that of the first agent that has been used here, else Claude Code's. */
export function offeredUserFiles(from: Pick<WhereFrom, 'env'>): readonly UserFile[] {
  const all = userFiles(from);
  const existing = all.filter(({ path }) => exists(path));
  const first = all.find(({ installed }) => installed) ?? all[0];
  return existing.length > 0 || first === undefined ? existing : [first];
}

export function claudeUserFile(env: WhereFrom['env']): string | undefined {
  return userFiles({ env })[0]?.path;
}
