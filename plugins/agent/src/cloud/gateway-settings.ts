import { join } from 'node:path';
import type { Enclosed } from '@prefish/core';

type Models = Enclosed['models'];
type Model = NonNullable<Models[keyof Models]>;

/** What makes an agent work in a task: headless, with the models of the gateway, and without a question. */
export interface GatewaySettings {
  readonly env: Readonly<Record<string, string>>;
  /** Texts by path below HOME, to be written before the agent is started. */
  readonly files: Readonly<Record<string, string>>;
  /** Further arguments of its program. */
  readonly args?: readonly string[];
  /** The mode that it works in, by the agent's own id of it. */
  readonly mode?: string;
}

/** What an agent has to be told of the task. */
export interface TaskTerms {
  /** The agent's own login, and no key of the API: Claude's OAuth token, Codex' account of ChatGPT. Default: false. */
  readonly login?: boolean;
  /** Somebody is there to be asked before it changes or runs something, and wants to be. Default: it asks nothing. */
  readonly asks?: boolean;
}

/**
 * How an agent is started in a task, whose HOME is empty and whose only way to a model is the gateway. The
 * token of the gateway stands where the credential would. The sandbox is the task's: the agent's own is off.
 *
 * @param agent a known agent (`claude`), or any other
 * @param home the HOME of the task, an absolute path
 */
export function gatewaySettings(
  agent: string,
  models: Models,
  home: string,
  terms: TaskTerms = {},
): GatewaySettings {
  return (settingsOf[agent] ?? anyAgent)(models, home, terms);
}

type Settings = (models: Models, home: string, terms: TaskTerms) => GatewaySettings;

const settingsOf: Readonly<Record<string, Settings>> = { claude, codex, gemini, opencode };

function claude(
  { anthropic }: Models,
  home: string,
  { login = false, asks = false }: TaskTerms,
): GatewaySettings {
  return {
    env: {
      // With a token of `claude setup-token` it asks for the models and betas of a subscription
      // (code.claude.com/docs/en/authentication).
      ...(anthropic && login
        ? { ANTHROPIC_BASE_URL: anthropic.url, CLAUDE_CODE_OAUTH_TOKEN: anthropic.token }
        : anthropicVariables(anthropic)),
      // These are of code.claude.com/docs/en/env-vars.
      CLAUDE_CONFIG_DIR: join(home, '.claude'),
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      // As root it refuses to bypass permissions, but in a sandbox (claude-agent-acp, acp-agent.js).
      IS_SANDBOX: '1',
    },
    files: {},
    // code.claude.com/docs/en/permission-modes
    mode: asks ? 'default' : 'bypassPermissions',
  };
}

function codex({ openai }: Models, home: string, { login = false }: TaskTerms): GatewaySettings {
  // Of developers.openai.com/codex/config-reference. Without the network, plugins, apps and analytics cost 5.5 s.
  const config = `
check_for_update_on_startup = false
approval_policy = "never"
sandbox_mode = "danger-full-access"

[analytics]
enabled = false

[features]
plugins = false
apps = false
`;
  // An account of ChatGPT is served without a version: https://chatgpt.com/backend-api/codex/responses.
  const provider =
    openai &&
    `
[model_providers.prefish]
name = "prefish"
base_url = ${JSON.stringify(login ? openai.url : `${openai.url}/v1`)}
env_key = "PREFISH_MODEL_TOKEN"
wire_api = "responses"
`;
  return {
    env: {
      CODEX_HOME: join(home, '.codex'),
      ...(openai && { PREFISH_MODEL_TOKEN: openai.token }),
    },
    files: {
      '.codex/config.toml': provider ? `model_provider = "prefish"${config}${provider}` : config,
    },
    // The README of codex-acp, “Runtime options”. Its modes that ask shut its commands into a sandbox of its own,
    // which does not start within another: it asks nothing.
    mode: 'agent-full-access',
  };
}

function gemini({ google }: Models, home: string, { asks = false }: TaskTerms): GatewaySettings {
  const settings = {
    // Else it takes a base URL for a login of another kind, and then refuses that.
    security: { auth: { selectedType: 'gemini-api-key' } },
    general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
    privacy: { usageStatisticsEnabled: false },
  };
  return {
    // geminicli.com/docs/reference/configuration; the system's settings overrule those of a project.
    env: {
      ...googleVariables(google),
      GEMINI_CLI_SYSTEM_SETTINGS_PATH: join(home, '.gemini', 'task-settings.json'),
      GEMINI_CLI_TRUST_WORKSPACE: 'true',
    },
    files: { '.gemini/task-settings.json': `${JSON.stringify(settings)}\n` },
    mode: asks ? 'default' : 'yolo',
  };
}

function opencode(
  { anthropic, openai, google }: Models,
  home: string,
  { asks = false }: TaskTerms,
): GatewaySettings {
  const provider = {
    ...(anthropic && { anthropic: providerOptions(anthropic, 'v1') }),
    ...(openai && { openai: providerOptions(openai, 'v1') }),
    ...(google && { google: providerOptions(google, 'v1beta') }),
  };
  // Of opencode.ai/docs/config and opencode.ai/docs/permissions: what stands in a variable overrules a project's.
  const config = {
    autoupdate: false,
    share: 'disabled',
    permission: asks ? { '*': 'allow', edit: 'ask', bash: 'ask' } : { '*': 'allow' },
    enabled_providers: Object.keys(provider),
    provider,
  };
  // Left alone it takes a model for pictures; a project may name another.
  const fallback = !anthropic && !openai && google ? { model: 'google/gemini-flash-latest' } : {};
  return {
    env: {
      OPENCODE_CONFIG: join(home, '.config', 'opencode', 'task.json'),
      OPENCODE_CONFIG_CONTENT: JSON.stringify(config),
      // opencode.ai/docs/cli, “Environment variables”
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
    },
    files: {
      '.config/opencode/task.json': `${JSON.stringify(fallback)}\n`,
      // It downloads a library for plugins into each of its folders; docs.npmjs.com/cli/using-npm/config#offline
      '.config/opencode/.npmrc': 'offline=true\n',
    },
  };
}

function providerOptions({ url, token }: Model, version: string): unknown {
  return { options: { baseURL: `${url}/${version}`, apiKey: token } };
}

function anyAgent({ anthropic, openai, google }: Models): GatewaySettings {
  return {
    env: { ...anthropicVariables(anthropic), ...openaiVariables(openai), ...googleVariables(google) },
    files: {},
  };
}

/** The variables of an API that its own libraries read (platform.claude.com/docs/en/cli-sdks-libraries). */
function anthropicVariables(model: Model | undefined): Record<string, string> {
  return model === undefined ? {} : { ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: model.token };
}

/** platform.openai.com/docs/libraries */
function openaiVariables(model: Model | undefined): Record<string, string> {
  return model === undefined ? {} : { OPENAI_BASE_URL: `${model.url}/v1`, OPENAI_API_KEY: model.token };
}

/** googleapis/js-genai, README */
function googleVariables(model: Model | undefined): Record<string, string> {
  return model === undefined ? {} : { GOOGLE_GEMINI_BASE_URL: model.url, GEMINI_API_KEY: model.token };
}
