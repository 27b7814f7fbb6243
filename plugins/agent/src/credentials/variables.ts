import type { ModelApi } from '@prefish/core';

/** A variable that holds leave to use a model, or says where the model is. */
export interface CredentialVariable {
  readonly name: string;
  readonly api: ModelApi;
  /** How the secret is shown to the API; absent where the value is an address. */
  readonly header?: 'x-api-key' | 'x-goog-api-key' | 'authorization';
  /** The one agent that it is for. Default: all that speak with the API. */
  readonly agent?: string;
  /** Further headers that the API wants with it. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Every variable that counts, those of an API in the order in which they are taken. Names and headers are the
 * APIs' own: docs.claude.com (authentication, `claude setup-token`), platform.openai.com, ai.google.dev.
 */
export const credentialVariables: readonly CredentialVariable[] = [
  { name: 'ANTHROPIC_API_KEY', api: 'anthropic', header: 'x-api-key' },
  { name: 'ANTHROPIC_AUTH_TOKEN', api: 'anthropic', header: 'authorization' },
  {
    name: 'CLAUDE_CODE_OAUTH_TOKEN',
    api: 'anthropic',
    header: 'authorization',
    agent: 'claude',
    // Without it the API takes no token of a subscription.
    headers: { 'anthropic-beta': 'oauth-2025-04-20' },
  },
  { name: 'ANTHROPIC_BASE_URL', api: 'anthropic' },
  { name: 'OPENAI_API_KEY', api: 'openai', header: 'authorization' },
  { name: 'OPENAI_BASE_URL', api: 'openai' },
  { name: 'GEMINI_API_KEY', api: 'google', header: 'x-goog-api-key' },
  { name: 'GOOGLE_API_KEY', api: 'google', header: 'x-goog-api-key' },
  { name: 'GOOGLE_GEMINI_BASE_URL', api: 'google' },
];

/** The variable that is named, by its own name or as the API that its key is for. */
export function credentialVariable(name: string): CredentialVariable | undefined {
  return credentialVariables.find((variable) => variable.name === (shortNames[name] ?? name));
}

/** What an API is called where its key is meant. */
export const shortNames: Readonly<Record<string, string>> = {
  anthropic: 'ANTHROPIC_API_KEY',
  openai: 'OPENAI_API_KEY',
  google: 'GEMINI_API_KEY',
};

/** The name of the key that an API asks for first. */
export function usualKey(api: ModelApi): string {
  return shortNames[api]!;
}
