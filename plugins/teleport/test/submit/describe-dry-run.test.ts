import { expect, test } from 'vitest';
import { describeDryRun } from '../../src/submit/describe-dry-run.ts';

test('says what a line would reach: here, and on another machine, which has its own say', () => {
  const luggage = { enclosures: [] };
  const here = { elsewhere: false, place: 'this machine' };
  const there = { elsewhere: true, place: 'devbox' };
  const said = (server: typeof here, network?: 'none' | 'allowlist'): string =>
    describeDryRun(network, ['registry.example'], luggage as never, server).split('\n')[0]!;
  expect(said(here)).toBe('  network full: whatever it would reach here');
  expect(said(there)).toBe('  network full: whatever devbox lets it reach');
  expect(said(there, 'none')).toBe('  network none');
  expect(said(there, 'allowlist')).toBe('  network allowlist: registry.example');
});
