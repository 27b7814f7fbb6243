import { describe, expect, test } from 'vitest';
import { lineForServer, type PlannedLine } from '../../src/submit/plan-line.ts';

const place = 'a server';
const line = (text: string, token = '', body = text): PlannedLine => ({
  text,
  token,
  body,
  prefix: 'agent',
  plugin: 'prefish-plugin-agent',
  needs: {},
});
const shell = { id: 'shell', token: '!' };

describe('plain text for a server', () => {
  test.each([
    ['is the line where plain text is its own there', line('fix it'), '', 'fix it'],
    ['keeps the backslash that it had here', line('\\& fix it', '', '& fix it'), '', '\\& fix it'],
    ['gets one where it would be another’s line there', line('!important'), '', '\\!important'],
    ['keeps a backslash that escapes nothing', line('\\frac', '', '\\frac'), '', '\\frac'],
    ['gets the token that its owner has there', line('  fix it'), ':', ':   fix it'],
    ['loses the token that it had here', line(': !fix it', ':', '!fix it'), '', '\\!fix it'],
    ['changes one token for another', line(':fix it', ':', 'fix it'), '>', '>fix it'],
  ])('%s', (_, planned, token, sent) => {
    expect(lineForServer(planned, { place, prefixes: [shell, { id: 'agent', token }] })).toBe(sent);
  });

  test('is refused where nobody takes it there', () => {
    expect(() => lineForServer(line('fix it'), { place, prefixes: [shell] })).toThrowError(
      expect.objectContaining({
        code: 'PREFISH_PREFIX_UNSUPPORTED',
        message: 'a server has no plugin for plain text (agent); nothing was sent',
      }),
    );
  });
});
