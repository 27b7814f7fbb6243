import { Transform } from 'node:stream';
import { redacted } from './headers.ts';

/** Takes a secret out of what flows through. Nothing waits but the last bytes, where the secret may begin in them. */
export function redact(secret: string): Transform {
  const wanted = Buffer.from(secret);
  let waiting = Buffer.alloc(0);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      let rest = Buffer.concat([waiting, chunk]);
      for (let at = rest.indexOf(wanted); at !== -1; at = rest.indexOf(wanted)) {
        this.push(rest.subarray(0, at));
        this.push(redacted);
        rest = rest.subarray(at + wanted.length);
      }
      const begins = beginningAtEnd(rest, wanted);
      this.push(rest.subarray(0, begins));
      waiting = rest.subarray(begins);
      done();
    },
    flush(done) {
      done(null, waiting);
    },
  });
}

/** Where `wanted` begins without ending; the length of `bytes` when it does not. */
function beginningAtEnd(bytes: Buffer, wanted: Buffer): number {
  const earliest = Math.max(0, bytes.length - wanted.length + 1);
  for (let at = bytes.indexOf(wanted[0]!, earliest); at !== -1; at = bytes.indexOf(wanted[0]!, at + 1)) {
    if (wanted.subarray(0, bytes.length - at).equals(bytes.subarray(at))) return at;
  }
  return bytes.length;
}
