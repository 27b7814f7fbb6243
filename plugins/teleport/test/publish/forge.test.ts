import { expect, test } from 'vitest';
import { pageInAnswer, remotePlace, requestPage } from '../../src/publish/forge.ts';

test.for([
  ['https://github.com/o/r.git', 'https://github.com/o/r/compare/main...my/branch?expand=1'],
  ['git@github.com:o/r.git', 'https://github.com/o/r/compare/main...my/branch?expand=1'],
  ['ssh://git@gitlab.example.com:2222/group/sub/r', undefined],
  [
    'git@gitlab.example.com:group/sub/r.git',
    'https://gitlab.example.com/group/sub/r/-/merge_requests/new?merge_request%5Bsource_branch%5D=my%2Fbranch',
  ],
  ['https://codeberg.org/o/r', 'https://codeberg.org/o/r/compare/main...my/branch'],
  ['https://git.example.com/o/r', undefined],
  ['/srv/git/r.git', undefined],
] as const)('%s', ([url, page]) => {
  const place = remotePlace(url);
  if (page !== undefined) expect(place && requestPage(place, 'my/branch', 'main')).toBe(page);
  else if (place?.forge === 'unknown') expect(requestPage(place, 'my/branch', 'main')).toBeUndefined();
});

test('takes a page only from lines of the remote', () => {
  expect(pageInAnswer('To https://host.example/o/r\nremote: \nremote:   https://host.example/mr/7\n')).toBe(
    'https://host.example/mr/7',
  );
  expect(pageInAnswer('To https://host.example/o/r\n')).toBeUndefined();
});
