import { Transform } from 'node:stream';

/** Lets so many bytes through; when more come, it calls `exceeded` and drops them. */
export function limitBytes(most: number, exceeded: () => void): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const fits = passed <= most;
      passed += chunk.length;
      if (passed <= most) return done(null, chunk);
      if (fits) exceeded();
      return done();
    },
  });
}
