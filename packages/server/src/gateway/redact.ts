import { Transform } from 'node:stream';
import { redacted } from './headers.ts';

/** Takes a secret out of what flows through. The last bytes wait until it is known that it does not begin in them. */
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
      const kept = Math.min(rest.length, wanted.length - 1);
      this.push(rest.subarray(0, rest.length - kept));
      waiting = rest.subarray(rest.length - kept);
      done();
    },
    flush(done) {
      done(null, waiting);
    },
  });
}
