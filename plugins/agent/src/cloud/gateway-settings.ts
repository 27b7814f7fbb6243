import { join } from 'node:path';
import type { Enclosed } from '@prefish/core';

type Models = Enclosed['models'];

/** What makes an agent work in a task: headless, with the models of the gateway, and without a question. */
export interface GatewaySettings {
  readonly env: Readonly<Record<string, string>>;
  /** Texts by path below HOME, to be written before the agent is started. */
  readonly files: Readonly<Record<string, string>>;
  /** Further arguments of its program. */
  readonly args?: readonly string[];
  /** The mode in which it asks for nothing, by the agent's own id of it. */
  readonly mode?: string;
  /** How it logs in, by the agent's own id of it, where it does not find its credential by itself. */
  readonly authMethod?: string;
}

/**
 * How an agent is started in a task, whose HOME is empty and whose only way to a model is the gateway. The
 * token of the gateway stands where the credential would. The sandbox is the task's: the agent's own is off.
 *
 * @param agent a known agent (`claude`), or any other
 * @param home the HOME of the task, an absolute path
 */
export function gatewaySettings(agent: string, models: Models, home: string): GatewaySettings {
  return (settingsOf[agent] ?? anyAgent)(models, home);
}

const settingsOf: Readonly<Record<string, (models: Models, home: string) => GatewaySettings>> = {
  claude,
  codex,
  gemini,
  opencode,
};

function claude({ anthropic }: Models, home: string): GatewaySettings {
  return {
    env: {
      ...anthropicVariables(anthropic),
      CLAUDE_CONFIG_DIR: join(home, '.claude'),
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      IS_SANDBOX: '1',
    },
    files: {},
    mode: 'bypassPermissions',
  };
}

function codex({ openai }: Models, home: string): GatewaySettings {
  return {
    env: {
      CODEX_HOME: join(home, '.codex'),
      PREFISH_MODEL_TOKEN: openai?.token ?? '',
      INITIAL_AGENT_MODE: 'agent-full-access',
    },
    files: {
      '.codex/config.toml': [
        `model_provider = "prefish"`,
        `approval_policy = "never"`,
        `sandbox_mode = "danger-full-access"`,
        `check_for_update_on_startup = false`,
        `[analytics]`,
        `enabled = false`,
        `[features]`,
        `plugins = false`,
        `apps = false`,
        `[model_providers.prefish]`,
        `name = "prefish"`,
        `base_url = ${JSON.stringify(`${openai?.url}/v1`)}`,
        `env_key = "PREFISH_MODEL_TOKEN"`,
        `wire_api = "responses"`,
        ``,
      ].join('\n'),
    },
    mode: 'agent-full-access',
  };
}

function gemini({ google }: Models, home: string): GatewaySettings {
  return {
    env: {
      ...googleVariables(google),
      GEMINI_CLI_TRUST_WORKSPACE: 'true',
      GEMINI_CLI_SYSTEM_SETTINGS_PATH: join(home, '.gemini', 'task.json'),
    },
    files: {
      '.gemini/task.json': JSON.stringify({ security: { auth: { selectedType: 'gemini-api-key' } } }),
    },
    mode: 'yolo',
  };
}

function opencode({ anthropic, openai, google }: Models): GatewaySettings {
  const provider = {
    ...(anthropic && { anthropic: { options: { baseURL: `${anthropic.url}/v1`, apiKey: anthropic.token } } }),
    ...(openai && { openai: { options: { baseURL: `${openai.url}/v1`, apiKey: openai.token } } }),
    ...(google && { google: { options: { baseURL: `${google.url}/v1beta`, apiKey: google.token } } }),
  };
  return {
    env: {
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_CONFIG_CONTENT: JSON.stringify({
        autoupdate: false,
        share: 'disabled',
        permission: { '*': 'allow' },
        provider,
      }),
    },
    files: {},
  };
}

function anyAgent({ anthropic, openai, google }: Models): GatewaySettings {
  return {
    env: { ...anthropicVariables(anthropic), ...openaiVariables(openai), ...googleVariables(google) },
    files: {},
  };
}

function anthropicVariables(model: Models['anthropic']): Record<string, string> {
  return model === undefined ? {} : { ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: model.token };
}

function openaiVariables(model: Models['openai']): Record<string, string> {
  return model === undefined ? {} : { OPENAI_BASE_URL: `${model.url}/v1`, OPENAI_API_KEY: model.token };
}

function googleVariables(model: Models['google']): Record<string, string> {
  return model === undefined ? {} : { GOOGLE_GEMINI_BASE_URL: model.url, GEMINI_API_KEY: model.token };
}
