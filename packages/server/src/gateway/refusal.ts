import type { ServerResponse } from 'node:http';
import type { ModelApi } from '@prefish/protocol';

/** What the gateway itself answers. */
export type RefusalStatus = 400 | 401 | 403 | 404 | 413 | 429 | 502;

/** Names of errors, as the APIs' references have them: Anthropic's `type`, Google's `status`. OpenAI's clients read the message. */
const names: Readonly<Record<RefusalStatus, { readonly anthropic: string; readonly google: string }>> = {
  400: { anthropic: 'invalid_request_error', google: 'INVALID_ARGUMENT' },
  401: { anthropic: 'authentication_error', google: 'UNAUTHENTICATED' },
  403: { anthropic: 'permission_error', google: 'PERMISSION_DENIED' },
  404: { anthropic: 'not_found_error', google: 'NOT_FOUND' },
  413: { anthropic: 'request_too_large', google: 'INVALID_ARGUMENT' },
  429: { anthropic: 'rate_limit_error', google: 'RESOURCE_EXHAUSTED' },
  502: { anthropic: 'api_error', google: 'UNAVAILABLE' },
};

/** Answers with an error in the shape that clients of the API understand. */
export function refuse(
  response: ServerResponse,
  api: ModelApi | undefined,
  status: RefusalStatus,
  message: string,
): void {
  const body = JSON.stringify(errorBody(api, status, `prefish: ${message}`));
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(body);
}

function errorBody(api: ModelApi | undefined, status: RefusalStatus, message: string): object {
  const { anthropic, google } = names[status];
  if (api === 'anthropic') return { type: 'error', error: { type: anthropic, message } };
  if (api === 'google') return { error: { code: status, message, status: google } };
  return { error: { message, type: anthropic, param: null, code: null } };
}
