import { expect, test } from 'vitest';
import { LeaseWatch } from '../../src/cluster/lease-watch.ts';

const lease = (id: string, until: number, attempt = 1) => ({ id, attempt, until });

test('a lease that is extended never runs out, whatever the clock says that dates it', () => {
  const watch = new LeaseWatch(8000, 6000);
  for (let now = 0; now < 60_000; now += 2000) {
    const jump = now > 20_000 ? (now > 40_000 ? -86_400 : 86_400) : 0;
    expect(watch.runOut([lease('a', now / 1000 + 8 + jump)], now)).toEqual([]);
  }
});

test('one that is not runs out after its time, and another attempt at the task begins anew', () => {
  const watch = new LeaseWatch(8000, 6000);
  const lost = lease('a', 1000);
  const looks = [0, 2000, 4000, 6000, 7999, 8000].map((now) => watch.runOut([lost], now));
  expect(looks).toEqual([[], [], [], [], [], [lost]]);
  expect(watch.runOut([lease('a', 1000, 2)], 8100)).toEqual([]);
});

test('who could not look for a while begins to count anew', () => {
  const watch = new LeaseWatch(8000, 6000);
  const lost = lease('a', 1000);
  expect([0, 5000, 12_000, 16_000, 20_000].map((now) => watch.runOut([lost], now))).toEqual([
    [],
    [],
    [],
    [],
    [lost],
  ]);
});
