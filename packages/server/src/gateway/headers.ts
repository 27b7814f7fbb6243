import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { ModelAccess } from '@prefish/protocol';

/** What belongs to one connection only (RFC 9110, 7.6.1), and is made anew on the next. */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** Where credentials go with one API or another, what names the one who asks, and what is decided outside. */
const notFromInside = [
  'host',
  'cookie',
  'authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'x-goog-user-project',
  'openai-organization',
  'openai-project',
  'chatgpt-account-id',
  'expect',
  'forwarded',
  'accept-encoding',
  // With these some servers take a request for another one than was let through.
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-original-url',
  'x-rewrite-url',
];
const forwardedFor = /^x-forwarded-/;

/** Lists to which both sides add: which betas a request uses. */
const lists = new Set(['anthropic-beta', 'openai-beta']);

/** The headers with which a request leaves: what came from inside without its credentials, and the real one. */
export function outgoingHeaders(headers: IncomingHttpHeaders, access: ModelAccess): OutgoingHttpHeaders {
  const outgoing = without(headers, notFromInside);
  for (const name of Object.keys(outgoing)) if (forwardedFor.test(name)) delete outgoing[name];
  // What the API says of a failure is searched for the secret.
  outgoing['accept-encoding'] = 'identity';
  for (const [name, value] of Object.entries(access.headers ?? {})) {
    const given = outgoing[name];
    outgoing[name] = lists.has(name) && given !== undefined ? mergeLists(String(given), value) : value;
  }
  outgoing[access.header] = access.header === 'authorization' ? `Bearer ${access.secret}` : access.secret;
  return outgoing;
}

/** The headers of an answer as a task sees them. */
export function incomingHeaders(headers: IncomingHttpHeaders, secret: string): OutgoingHttpHeaders {
  const incoming = without(headers, ['set-cookie']);
  for (const [name, value] of Object.entries(incoming)) {
    incoming[name] = Array.isArray(value)
      ? value.map((one) => one.replaceAll(secret, redacted))
      : String(value).replaceAll(secret, redacted);
  }
  return incoming;
}

/** Stands where a secret was. */
export const redacted = '[secret]';

function without(headers: IncomingHttpHeaders, names: readonly string[]): OutgoingHttpHeaders {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const left = new Set([...hopByHop, ...named, ...names]);
  return Object.fromEntries(
    Object.entries(headers).filter(([name, value]) => value !== undefined && !left.has(name)),
  ) as OutgoingHttpHeaders;
}

function mergeLists(one: string, other: string): string {
  const entries = `${one},${other}`.split(',').map((entry) => entry.trim());
  return [...new Set(entries.filter((entry) => entry !== ''))].join(',');
}
