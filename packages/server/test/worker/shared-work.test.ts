import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { SharedWork } from '../../src/worker/shared-work.ts';

/** Work that ends when it is told to, or given up. */
function slowWork(): { begun: number; givenUp: number; end: (value: string) => void } & {
  work: (signal: AbortSignal) => Promise<string>;
} {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const state = {
    begun: 0,
    givenUp: 0,
    end: resolve,
    work: (signal: AbortSignal) => {
      state.begun += 1;
      signal.addEventListener('abort', () => {
        state.givenUp += 1;
        reject(signal.reason);
      });
      return promise;
    },
  };
  return state;
}

test('what several want is done once, and whoever leaves does not end it for the others', async () => {
  const shared = new SharedWork<string>();
  const slow = slowWork();
  const leaving = new AbortController();
  const left = shared.do('a', slow.work, leaving.signal);
  const stays = shared.do('a', slow.work);
  leaving.abort(new Error('left'));
  await expect(left).rejects.toThrow('left');
  slow.end('done');
  expect(await stays).toBe('done');
  expect(slow).toMatchObject({ begun: 1 });
});

test('what nobody waits for any more is given up, and who comes after that begins anew', async () => {
  const shared = new SharedWork<string>();
  const [first, second] = [slowWork(), slowWork()];
  const leaving = new AbortController();
  const left = shared.do('a', first.work, leaving.signal);
  leaving.abort(new Error('left'));
  await expect(left).rejects.toThrow('left');
  await turn();
  expect(first).toMatchObject({ begun: 1, givenUp: 1 });
  const again = shared.do('a', second.work);
  second.end('done');
  expect(await again).toBe('done');
});
