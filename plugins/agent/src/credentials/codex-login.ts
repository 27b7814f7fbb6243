import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { ModelAccess } from '@prefish/core';

/** What Codex's own login gives. */
export type CodexLogin =
  /** A key of the API that Codex was given. */
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'account'; readonly access: ModelAccess }
  /** Its token is over; running Codex once brings another. */
  | { readonly kind: 'expired' };

/** Where Codex itself reaches its model with an account of ChatGPT (openai/codex, codex-rs/model-provider-info). */
const accountUrl = 'https://chatgpt.com/backend-api/codex';
/** A task takes a while: a token that ends before it has begun is over already. */
const leastSeconds = 300;

/** Reads `auth.json` of Codex; `undefined` when it holds no login. */
export async function readCodexLogin(env: Readonly<Record<string, string>>): Promise<CodexLogin | undefined> {
  const folder = env['CODEX_HOME'] || join(env['HOME'] ?? '', '.codex');
  // What lies in the folder of a project is the project's, and no login of the user.
  const auth = isAbsolute(folder) ? await readAuth(join(folder, 'auth.json')) : undefined;
  const token = auth?.tokens?.access_token;
  if (typeof token !== 'string' || token === '') {
    const key = auth?.OPENAI_API_KEY;
    return typeof key === 'string' && key !== '' ? { kind: 'key', key } : undefined;
  }
  const ends = expiryOf(token);
  if (ends !== undefined && ends < Date.now() / 1000 + leastSeconds) return { kind: 'expired' };
  const account = auth?.tokens?.account_id;
  return {
    kind: 'account',
    access: {
      api: 'openai',
      url: accountUrl,
      secret: token,
      header: 'authorization',
      ...(typeof account === 'string' ? { headers: { 'chatgpt-account-id': account } } : {}),
    },
  };
}

interface Auth {
  readonly OPENAI_API_KEY?: unknown;
  readonly tokens?: { readonly access_token?: unknown; readonly account_id?: unknown } | null;
}

async function readAuth(path: string): Promise<Auth | undefined> {
  try {
    return (JSON.parse(await readFile(path, 'utf8')) as Auth | null) ?? undefined;
  } catch {
    // No file, or one that is not Codex's: then there is no login.
    return undefined;
  }
}

/** When a JSON web token ends, in seconds of Unix time (`exp`, RFC 7519). */
function expiryOf(token: string): number | undefined {
  try {
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
    const { exp } = JSON.parse(payload) as { readonly exp?: unknown };
    return typeof exp === 'number' ? exp : undefined;
  } catch {
    return undefined;
  }
}
