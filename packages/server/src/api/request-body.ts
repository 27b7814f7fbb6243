import { PrefishError, errorMessage } from '@prefish/protocol';
import type { Schema } from '@prefish/protocol/schemas';
import type { Context } from 'hono';
import type { ApiEnvironment } from './caller.ts';

/** The longest body of a request, in bytes: a line of the longest kind, escaped, and its variables. */
const longestBody = 16 * 2 ** 20;

/** The longest body that somebody who is not known may send, in bytes. */
export const longestOfStrangers: number = 16 * 1024;

/** How many findings an answer names. */
const mostFindings = 5;

/** How long a body may take to arrive, in milliseconds. */
const slowestBody = 60_000;

/**
 * The JSON body of a request, checked. `longest` in bytes.
 *
 * @throws PREFISH_REQUEST_INVALID, PREFISH_REQUEST_TOO_LARGE, PREFISH_REQUEST_TIMEOUT; PREFISH_LIMIT where the caller
 * sends too much at the same time
 */
export async function readBody<T>(
  context: Context,
  schema: Schema<T>,
  longest: number = longestBody,
): Promise<T> {
  const { caller } = (context.env ?? {}) as Partial<ApiEnvironment['Bindings']>;
  const text = await readText(context.req.raw, longest, (bytes) => caller?.hold?.(bytes));
  try {
    return check(schema, JSON.parse(text));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new PrefishError('PREFISH_REQUEST_INVALID', `The body is no JSON: ${errorMessage(cause)}`, {
      cause,
    });
  }
}

/** {@link readBody} where there may be none. */
export async function readOptionalBody<T>(context: Context, schema: Schema<T>): Promise<T | undefined> {
  const { headers } = context.req.raw;
  const isNone = !headers.has('transfer-encoding') && Number(headers.get('content-length') ?? 0) === 0;
  return isNone ? undefined : readBody(context, schema);
}

async function readText(request: Request, longest: number, hold: (bytes: number) => void): Promise<string> {
  if (Number(request.headers.get('content-length')) > longest) throw tooLong(longest);
  const reader = request.body?.getReader();
  if (reader === undefined) return '';
  const chunks: Uint8Array[] = [];
  let length = 0;
  let late = false;
  const deadline = setTimeout(() => {
    late = true;
    void reader.cancel().catch(() => {});
  }, slowestBody);
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      length += read.value.byteLength;
      if (length > longest) throw tooLong(longest);
      hold(read.value.byteLength);
      chunks.push(read.value);
    }
  } finally {
    clearTimeout(deadline);
    await reader.cancel().catch(() => {});
  }
  if (late) {
    throw new PrefishError(
      'PREFISH_REQUEST_TIMEOUT',
      `The body of the request did not arrive within ${slowestBody / 1000} s; nothing was done.`,
      { hint: 'Send it again over a faster connection.' },
    );
  }
  return Buffer.concat(chunks).toString('utf8');
}

function tooLong(longest: number): PrefishError {
  return new PrefishError('PREFISH_REQUEST_TOO_LARGE', `The body is longer than ${longest} bytes.`);
}

/** A value that fits its schema. The error names the path of each finding. @throws PREFISH_REQUEST_INVALID */
export function check<T>(schema: Schema<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const findings = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new PrefishError('PREFISH_REQUEST_INVALID', findings.slice(0, mostFindings).join('; '));
}
