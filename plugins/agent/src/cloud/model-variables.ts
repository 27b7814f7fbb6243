import type { AgentSpec } from '../agent-spec.ts';
import { knownIdOf } from '../credentials/agent-apis.ts';

/**
 * The variables by which each agent is told its model, and how hard that is to think. Of
 * code.claude.com/docs/en/model-config and geminicli.com/docs/reference/configuration.
 */
const namesOf: Readonly<Record<string, readonly string[]>> = {
  claude: [
    'ANTHROPIC_MODEL',
    'ANTHROPIC_DEFAULT_OPUS_MODEL',
    'ANTHROPIC_DEFAULT_SONNET_MODEL',
    'ANTHROPIC_DEFAULT_HAIKU_MODEL',
    'ANTHROPIC_SMALL_FAST_MODEL',
    'CLAUDE_CODE_SUBAGENT_MODEL',
    'CLAUDE_CODE_EFFORT_LEVEL',
    'MAX_THINKING_TOKENS',
  ],
  gemini: ['GEMINI_MODEL'],
  opencode: [],
};
/** What others call it, by the names that are usual with each API. */
const usualNames = ['ANTHROPIC_MODEL', 'OPENAI_MODEL', 'GEMINI_MODEL'];
/** What Codex is told in the JSON of CODEX_CONFIG (the README of codex-acp, “Runtime options”), which may hold anything else. */
const codexKeys = ['model', 'model_reasoning_effort'];
/** As models are called: `claude-opus-4-1[1m]`, `anthropic/claude-sonnet-4-5`, `us.anthropic.claude-opus-4-1-v1:0`. */
const plainName = /^(?!.*:\/\/)[\w.:/@[\]-]{1,200}$/;

/** The variables of a session that choose a model for an agent: they count in a task too. None of them is a secret. */
export function modelVariables(
  spec: AgentSpec,
  env: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const known = knownIdOf(spec);
  if (known === 'codex') return codexVariables(env['CODEX_CONFIG']);
  const names = known === undefined ? usualNames : (namesOf[known] ?? []);
  return Object.fromEntries(
    names.flatMap((name) => (plainName.test(env[name] ?? '') ? [[name, env[name]!]] : [])),
  );
}

function codexVariables(text: string | undefined): Readonly<Record<string, string>> {
  let config: Readonly<Record<string, unknown>> | null;
  try {
    config = JSON.parse(text ?? 'null') as Readonly<Record<string, unknown>> | null;
  } catch {
    // Codex itself says what is wrong with it.
    return {};
  }
  const chosen = codexKeys.flatMap((key) => {
    const value = config?.[key];
    return typeof value === 'string' && plainName.test(value) ? [[key, value]] : [];
  });
  return chosen.length === 0 ? {} : { CODEX_CONFIG: JSON.stringify(Object.fromEntries(chosen)) };
}
