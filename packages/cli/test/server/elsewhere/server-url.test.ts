import { expect, test } from 'vitest';
import { isHere, parseServer } from '../../../src/server/elsewhere/server-url.ts';

test.for([
  ['ssh://devbox', { kind: 'ssh', url: 'ssh://devbox', place: 'devbox', host: 'devbox' }],
  ['ssh://ada@devbox:2222/', { url: 'ssh://ada@devbox:2222', user: 'ada', port: '2222', host: 'devbox' }],
  ['ssh://[::1]:2222', { url: 'ssh://[::1]:2222', place: '[::1]:2222', host: '::1' }],
  ['https://Build.Example.com/', { kind: 'http', url: 'https://build.example.com' }],
  [
    'https://build.example.com:8377',
    { url: 'https://build.example.com:8377', place: 'build.example.com:8377' },
  ],
  ['http://127.0.0.1:8377', { kind: 'http', url: 'http://127.0.0.1:8377' }],
] as const)('%s', ([server, address]) => {
  expect(parseServer(server)).toMatchObject(address);
});

test.for([
  '',
  'devbox',
  'ftp://devbox',
  'ssh://',
  'ssh://-oProxyCommand=x',
  'ssh://-x@devbox',
  'ssh://a%20b@devbox',
  'ssh://ada:secret@devbox',
  'ssh://ada:secret@devbox/srv',
  'ssh://devbox/srv',
  'https://ada:secret@example.com',
  'https://example.com/path',
  'https://example.com/?token=1',
  'http://example.com',
  'http://localhost.example.com',
])('refuses “%s”, and repeats no password', (server) => {
  const parse = (): unknown => parseServer(server);
  expect(parse).toThrow(expect.objectContaining({ code: 'PREFISH_USAGE' }));
  expect(parse).not.toThrow(/secret/);
});

test('here and local are this machine', () => {
  expect([isHere('here'), isHere('local'), isHere('https://here')]).toEqual([true, true, false]);
});
