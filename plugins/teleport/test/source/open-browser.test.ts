import { expect, test } from 'vitest';
import { browserCommand } from '../../src/source/open-browser.ts';

test.each([
  ['linux', { DISPLAY: ':0' }, 'xdg-open'],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, 'xdg-open'],
  ['linux', { SSH_CONNECTION: '::1 1 ::1 22' }, undefined],
  ['linux', { BROWSER: 'w3m' }, 'w3m'],
  ['darwin', {}, 'open'],
  ['darwin', { SSH_CONNECTION: '::1 1 ::1 22' }, undefined],
] as const)('on %s with %o a page is shown by %s', (platform, env, command) => {
  expect(browserCommand(env, platform)).toBe(command);
});
