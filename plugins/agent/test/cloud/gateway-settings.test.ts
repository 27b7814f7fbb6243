import { describe, expect, test } from 'vitest';
import { gatewaySettings } from '../../src/cloud/gateway-settings.ts';

const home = '/home/ada';
const anthropic = { url: 'http://127.0.0.1:4100/anthropic', token: 'stand-in-a' };
const openai = { url: 'http://127.0.0.1:4100/openai', token: 'stand-in-o' };
const google = { url: 'http://127.0.0.1:4100/google', token: 'stand-in-g' };

describe('claude', () => {
  test('takes the token for a key', () => {
    const { env, mode } = gatewaySettings('claude', { anthropic }, home);
    expect(env).toMatchObject({ ANTHROPIC_BASE_URL: anthropic.url, ANTHROPIC_API_KEY: anthropic.token });
    expect(mode).toBe('bypassPermissions');
  });

  test('or for the token of its own login, and for one of the two only', () => {
    const { env } = gatewaySettings('claude', { anthropic }, home, { login: true });
    expect(env).toMatchObject({
      ANTHROPIC_BASE_URL: anthropic.url,
      CLAUDE_CODE_OAUTH_TOKEN: anthropic.token,
    });
    expect(env).not.toHaveProperty('ANTHROPIC_API_KEY');
  });
});

describe('codex', () => {
  const config = (terms = {}): string =>
    gatewaySettings('codex', { openai }, home, terms).files['.codex/config.toml']!;

  test('has a provider of models, whose token is in a variable', () => {
    const { env, files } = gatewaySettings('codex', { openai }, home);
    expect(env['CODEX_HOME']).toBe('/home/ada/.codex');
    const variable = /^env_key = "(\w+)"$/m.exec(config())![1]!;
    expect(env[variable]).toBe(openai.token);
    expect(JSON.stringify(files)).not.toContain(openai.token);
  });

  test('asks an API with its version, and an account of ChatGPT without', () => {
    expect(config()).toContain('base_url = "http://127.0.0.1:4100/openai/v1"');
    expect(config({ login: true })).toContain('base_url = "http://127.0.0.1:4100/openai"');
  });

  test('shuts nothing into a sandbox of its own, asked for or not', () => {
    for (const asks of [false, true])
      expect(gatewaySettings('codex', { openai }, home, { asks }).mode).toBe('agent-full-access');
  });
});

test('gemini is told to use a key, where no project can say otherwise', () => {
  const { env, files } = gatewaySettings('gemini', { google }, home);
  expect(env).toMatchObject({ GOOGLE_GEMINI_BASE_URL: google.url, GEMINI_API_KEY: google.token });
  const [path, text] = Object.entries(files)[0]!;
  expect(env['GEMINI_CLI_SYSTEM_SETTINGS_PATH']).toBe(`${home}/${path}`);
  expect(JSON.parse(text)).toMatchObject({ security: { auth: { selectedType: 'gemini-api-key' } } });
});

describe('opencode', () => {
  const config = (models: Parameters<typeof gatewaySettings>[1], terms = {}) =>
    JSON.parse(gatewaySettings('opencode', models, home, terms).env['OPENCODE_CONFIG_CONTENT']!);

  test('sees the providers that the gateway has, and no other', () => {
    expect(config({ anthropic, google })).toMatchObject({
      enabled_providers: ['anthropic', 'google'],
      provider: {
        anthropic: { options: { baseURL: `${anthropic.url}/v1`, apiKey: anthropic.token } },
        google: { options: { baseURL: `${google.url}/v1beta`, apiKey: google.token } },
      },
    });
  });

  test('asks before it changes or runs something only where somebody wants to be asked', () => {
    expect(config({ openai }).permission).toEqual({ '*': 'allow' });
    expect(config({ openai }, { asks: true }).permission).toMatchObject({ edit: 'ask', bash: 'ask' });
  });
});

test('any other agent has the usual variables of the models that there are', () => {
  expect(gatewaySettings('/opt/my-agent', { openai }, home)).toEqual({
    env: { OPENAI_BASE_URL: `${openai.url}/v1`, OPENAI_API_KEY: openai.token },
    files: {},
  });
});
