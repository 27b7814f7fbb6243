import { rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tidyDaily } from '../src/tidy.ts';
import { scratch } from './support/repository.ts';

test('what is kept here is tidied once a day, however many call', async () => {
  using s = scratch();
  const repository = s.repository({ a: '1\n' });
  await s.capture(repository.path);
  rmSync(repository.path, { recursive: true });
  const tidy = (): Promise<number | undefined> => tidyDaily(s.folders, s.env, AbortSignal.timeout(20_000));
  expect(await tidy()).toBeGreaterThan(0);
  expect(await tidy()).toBeUndefined();
  const yesterday = new Date(Date.now() - 25 * 3600_000);
  utimesSync(join(s.folders.cache, 'tidied'), yesterday, yesterday);
  expect(await tidy()).toBe(0);
});
