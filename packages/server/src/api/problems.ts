import { PrefishError, isPrefishError, toProblem } from '@prefish/protocol';
import type { Context, ErrorHandler } from 'hono';
import type { Log } from '../log.ts';

/** The answer to a request for what is not there. */
export function unknownRoute(context: Context): Response {
  const { method, path } = context.req;
  return problem(new PrefishError('PREFISH_ROUTE_UNKNOWN', `The server has no ${method} ${path}.`));
}

/** Answers with what went wrong; what nobody foresaw is logged. */
export function onError(log: Log): ErrorHandler {
  return (error, context) => {
    if (!isPrefishError(error)) {
      log('error', 'a request failed', {
        method: context.req.method,
        path: context.req.path,
        error: error.stack ?? String(error),
      });
    }
    return problem(error);
  };
}

/** An error as RFC 9457 has it, with what RFC 9110 asks for beside its status. */
export function problem(error: unknown): Response {
  const body = toProblem(error);
  return new Response(JSON.stringify(body), {
    status: body.status,
    headers: {
      'content-type': 'application/problem+json',
      ...(body.code === 'PREFISH_LOGIN_REQUIRED' && { 'www-authenticate': 'Bearer' }),
      ...(body.retryAfter !== undefined && { 'retry-after': String(body.retryAfter) }),
    },
  });
}
