import { PrefishError, errorMessage } from '@prefish/protocol';
import type { Schema } from '@prefish/protocol/schemas';
import type { Context } from 'hono';

/** The longest body of a request, in bytes: a line of the longest kind, escaped, and its variables. */
const longestBody = 16 * 2 ** 20;

/** How many findings an answer names. */
const mostFindings = 5;

/** The JSON body of a request, checked. @throws PREFISH_REQUEST_INVALID, PREFISH_REQUEST_TOO_LARGE */
export async function readBody<T>(context: Context, schema: Schema<T>): Promise<T> {
  const text = await readText(context.req.raw);
  try {
    return check(schema, JSON.parse(text));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new PrefishError('PREFISH_REQUEST_INVALID', `The body is no JSON: ${errorMessage(cause)}`, {
      cause,
    });
  }
}

async function readText(request: Request): Promise<string> {
  if (Number(request.headers.get('content-length')) > longestBody) throw tooLong();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > longestBody) throw tooLong();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function tooLong(): PrefishError {
  return new PrefishError('PREFISH_REQUEST_TOO_LARGE', `The body is longer than ${longestBody} bytes.`);
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
