import { PrefishError } from '@prefish/protocol';
import type { Context, MiddlewareHandler } from 'hono';

/** The names that the page has on this machine; any port, because somebody may have forwarded one (`ssh -L`). */
const ownHost = /^(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?$/;

/**
 * What the page may do in a browser: load its own files, talk to its own server, and nothing else. No
 * script and no style may stand in the document, nothing may frame it, and no string becomes HTML but
 * through the sanitiser (https://www.w3.org/TR/CSP3/, https://w3c.github.io/trusted-types/).
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types dompurify',
].join('; ');

const headers: Readonly<Record<string, string>> = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

/** Puts the headers that contain the page on every answer. What is nobody else's is kept by no cache. */
export const contained: MiddlewareHandler = async (context, next) => {
  await next();
  const { res } = context;
  for (const [name, value] of Object.entries(headers)) res.headers.set(name, value);
  if (!res.headers.has('cache-control')) res.headers.set('cache-control', 'no-store');
};

/** Refuses requests under a foreign name: a site whose name was made to point here (DNS rebinding). */
export const underOwnName: MiddlewareHandler = async (context, next) => {
  if (!ownHost.test(context.req.header('host') ?? '')) {
    throw refused('The page is not known by this name.', 'Open it at 127.0.0.1.');
  }
  await next();
};

/**
 * Refuses what another page asks of the API. Other ports of this machine count as the same site, so
 * SameSite does not keep them out; `Origin`, which every browser sends with a write, and
 * `Sec-Fetch-Site` do.
 */
export function fromOwnPage(origin: (context: Context) => string): MiddlewareHandler {
  return async (context, next) => {
    const { req } = context;
    const site = req.header('sec-fetch-site');
    if (site !== undefined && site !== 'same-origin' && site !== 'none') throw foreign();
    if (!['GET', 'HEAD'].includes(req.method) && req.header('origin') !== origin(context)) throw foreign();
    await next();
  };
}

function foreign(): PrefishError {
  return refused('The request came from another page.', 'prefish tasks open opens the page itself.');
}

function refused(message: string, hint: string): PrefishError {
  return new PrefishError('PREFISH_ORIGIN_REFUSED', message, { hint });
}
