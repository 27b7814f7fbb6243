import type { ChildProcess } from 'node:child_process';
import { Readable } from 'node:stream';
import { PrefishError, errorMessage, toProblem } from '@prefish/protocol';

/** The two services of git: what fetches, and what pushes. */
export type Service = 'git-upload-pack' | 'git-receive-pack';

/** The refs that a program prints, as gitprotocol-http(5) frames them. @throws PREFISH_GIT_FAILED */
export function advertisedRefs(service: Service, child: ChildProcess): Response {
  return answer(`${service}-advertisement`, printed(child, heading(service)));
}

/**
 * Says instead of the refs why there are none: git shows of an HTTP error nothing but its number. Behind the message are
 * the error's code, and the seconds after which it has passed, for a client to read: `… [PREFISH_LIMIT 1 s] hint`.
 */
export function refusedRefs(service: Service, error: unknown): Response {
  const { code, hint = '', retryAfter } = toProblem(error);
  const passes = retryAfter === undefined ? '' : ` ${retryAfter} s`;
  const said = `${errorMessage(error)} [${code}${passes}] ${hint}`.trim();
  return answer(`${service}-advertisement`, heading(service) + pktLine(`ERR ${said}`));
}

/** What a program answers to what was sent to it. @throws PREFISH_GIT_FAILED */
export function result(service: Service, child: ChildProcess): Response {
  return answer(`${service}-result`, printed(child));
}

function answer(kind: string, body: ReadableStream<Uint8Array> | string): Response {
  return new Response(body, {
    headers: { 'content-type': `application/x-${kind}`, 'cache-control': 'no-store' },
  });
}

function printed(child: ChildProcess, before = ''): ReadableStream<Uint8Array> {
  if (child.pid === undefined) {
    throw new PrefishError('PREFISH_GIT_FAILED', 'git could not be started on the server.');
  }
  const output = child.stdout!;
  const body = before === '' ? output : prefixed(Buffer.from(before), output);
  return Readable.toWeb(body, { strategy: { highWaterMark: 0 } }) as ReadableStream<Uint8Array>;
}

function prefixed(before: Buffer, output: Readable): Readable {
  return Readable.from(
    (async function* () {
      yield before;
      yield* output;
    })(),
    { objectMode: false },
  );
}

function heading(service: Service): string {
  return `${pktLine(`# service=${service}\n`)}0000`;
}

/** A line as gitprotocol-common(5) frames it. */
function pktLine(text: string): string {
  return (Buffer.byteLength(text) + 4).toString(16).padStart(4, '0') + text;
}
