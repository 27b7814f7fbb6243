import { describe, expect, test } from 'vitest';
import { networkFor } from '../../src/submit/network.ts';

describe('the network level of a line', () => {
  test.each([
    ['what its options say', 'none', 'full', 'full', 'none'],
    ['else what the configuration says', undefined, 'none', undefined, 'none'],
    ['even where the prefix would do with less', undefined, 'full', 'none', 'full'],
    ['else what its prefix needs', undefined, undefined, 'allowlist', 'allowlist'],
    [
      'what the configuration says for an allowlist, which may be empty, less too',
      undefined,
      'none',
      'allowlist',
      'none',
    ],
    ['else nothing: the server decides', undefined, undefined, undefined, undefined],
  ] as const)('is %s', (_, asked, configured, network, level) => {
    expect(networkFor('^', network === undefined ? {} : { network }, { asked, configured })).toBe(level);
  });

  test('is refused where the configuration grants less than the prefix needs', () => {
    expect(() =>
      networkFor('^', { network: 'full' }, { asked: undefined, configured: 'allowlist' }),
    ).toThrowError(
      expect.objectContaining({
        code: 'PREFISH_TELEPORT_NEEDS',
        hint: '& --network full grants it to one line.',
      }),
    );
  });
});
