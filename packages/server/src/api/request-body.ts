import { PrefishError, errorMessage } from '@prefish/protocol';
import type { Context } from 'hono';
import type { ZodType } from 'zod';

/** How many findings an answer names. */
const mostFindings = 5;

/** The JSON body of a request, checked. @throws PREFISH_REQUEST_INVALID */
export async function readBody<T>(context: Context, schema: ZodType<T>): Promise<T> {
  let body: unknown;
  try {
    body = JSON.parse(await context.req.text());
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new PrefishError('PREFISH_REQUEST_INVALID', `The body is no JSON: ${errorMessage(cause)}`, {
      cause,
    });
  }
  return check(schema, body);
}

/** A value that fits its schema. The error names the path of each finding. @throws PREFISH_REQUEST_INVALID */
export function check<T>(schema: ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const findings = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new PrefishError('PREFISH_REQUEST_INVALID', findings.slice(0, mostFindings).join('; '));
}
