import { describe, expect, test } from 'vitest';
import { canonicalHost, matchHost, parseHostPattern } from '../../src/egress/host-pattern.ts';

const reaches = (patterns: readonly string[], host: string, port: number) =>
  matchHost(patterns.map(parseHostPattern), canonicalHost(host) ?? '', port);

describe('an entry of allow', () => {
  test.each([
    ['example.com', 'example.com', 443, true],
    ['example.com', 'EXAMPLE.com.', 80, true],
    ['example.com', 'sub.example.com', 443, undefined],
    ['example.com', 'badexample.com', 443, undefined],
    ['example.com', 'example.com', 22, undefined],
    ['example.com:8443', 'example.com', 8443, true],
    ['example.com:8443', 'example.com', 443, undefined],
    ['*.example.com', 'a.b.example.com', 443, false],
    ['*.example.com', 'example.com', 443, undefined],
    ['*.example.com', 'badexample.com', 443, undefined],
    ['bücher.example', 'xn--bcher-kva.example', 443, true],
    ['127.0.0.1:1', '0x7f.1', 1, true],
    ['[::1]:1', '0:0::1', 1, true],
    ['[::1]:1', '[::1]', 1, true],
  ])('%s, asked for %s:%d', (pattern, host, port, named) => {
    expect(reaches([pattern], host, port)?.named).toBe(named);
  });

  test.each([
    '',
    '*',
    '*.',
    'http://example.com',
    'a/b',
    'a b',
    'a@b',
    'a:0',
    'a:70000',
    '*.1.2.3.4',
    'a.*.b',
  ])('is no host: %j', (text) => {
    expect(() => parseHostPattern(text)).toThrow(
      expect.objectContaining({ code: 'PREFISH_REQUEST_INVALID' }),
    );
  });
});
