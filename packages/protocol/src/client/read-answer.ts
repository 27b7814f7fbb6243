import { PrefishError, errorMessage, fromProblem, type Problem } from '../error.ts';
import { formatBytes } from '../size.ts';
import { problem } from './answers.ts';
import type { Shape } from './shape.ts';
import type { TransportResponse } from './transport.ts';

/** The longest answer that is read, in bytes: a page of the longest lines that there are. */
export const maxAnswerBytes: number = 64 * 1024 * 1024;

/** The longest diff, in bytes: as long as the server makes one, with every line end escaped. */
export const maxDiffBytes: number = 256 * 1024 * 1024;

/** The longest answer that says what is wrong, in bytes. */
const maxProblemBytes = 1024 * 1024;

/** A way through which a proxy says that there is nobody behind it: RFC 9110, 15.6. */
const nobodyThere: readonly number[] = [502, 503, 504];

/**
 * The JSON of an answer.
 *
 * @throws PREFISH_SERVER_ANSWER where it is too long, no JSON, or not of that shape
 */
export async function readAnswer<T>(
  { status, body }: TransportResponse,
  shape: Shape,
  maxBytes: number,
): Promise<T> {
  const answer = await readText(body, maxBytes);
  return answer === '' && shape(undefined) === undefined
    ? (undefined as T)
    : parseAnswer<T>(answer, shape, `The server answered ${status}`);
}

/**
 * What a part of an answer says, which came as JSON.
 *
 * @throws PREFISH_SERVER_ANSWER
 */
export function parseAnswer<T>(json: string, shape: Shape, what = 'The server'): T {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw broken(`${what} with no JSON: ${errorMessage(cause)}`, cause);
  }
  const where = shape(value);
  if (where === undefined) return value as T;
  throw broken(where === '' ? `${what} with something else` : `${what} with a wrong ${where.slice(1)}`);
}

/** The error that an answer with a status from 400 is: the server's own, or that of a proxy before it. */
export async function readProblem({ status, body }: TransportResponse): Promise<PrefishError> {
  let json: string;
  try {
    json = await readText(body, maxProblemBytes);
    return fromProblem(parseAnswer<Problem>(json, problem));
  } catch (cause) {
    if (!nobodyThere.includes(status))
      return broken(`What answers there (${status}) does not look like a server of prefish`, cause);
    return new PrefishError('PREFISH_SERVER_UNREACHABLE', `What is before the server answered ${status}`, {
      cause,
    });
  }
}

/** An answer that no server of prefish gives. */
export function broken(message: string, cause?: unknown): PrefishError {
  return new PrefishError('PREFISH_SERVER_ANSWER', message, {
    hint: 'Is the address right, and nothing else between here and there?',
    cause,
  });
}

async function readText(body: TransportResponse['body'], maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = '';
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw broken(`The server answers with more than ${formatBytes(maxBytes)}`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
