import { expect, test } from 'vitest';
import { describeSnapshot } from '../../src/snapshot/describe-snapshot.ts';

test('what goes, in one line', () => {
  const base = { commit: '1a2b3c4d', branch: 'main', dirty: 3, untracked: 2 };
  expect(describeSnapshot({ base, bytes: 1700 }, 'this machine', false)).toBe(
    '→ this machine · main@1a2b3c4 +3 changed, 2 untracked · 1.7 KB',
  );
  expect(describeSnapshot({ base: { ...base, dirty: 0 }, bytes: 5 }, 'devbox', false, [])).toBe(
    '→ devbox · main@1a2b3c4 · 2 untracked · 5 B',
  );
  const unborn = { commit: null, branch: 'main', dirty: 0, untracked: 1 };
  expect(describeSnapshot({ base: unborn, bytes: 5 }, 'this machine', false, ['.env', 'data'])).toBe(
    '→ this machine · main, no commits yet · 1 untracked · 5 B · with .env, data',
  );
});
