import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkNeeds, networkFor } from '../../src/submit/teleport-needs.ts';

const folder = mkdtempSync(join(tmpdir(), 'prefish-needs-'));
const env = { PATH: `relative:${folder}` };

beforeAll(() => {
  writeFileSync(join(folder, 'tool'), '#!/bin/sh\n');
  chmodSync(join(folder, 'tool'), 0o755);
  writeFileSync(join(folder, 'text'), 'no program');
  mkdirSync(join(folder, 'folder'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the network level of a line', () => {
  test.each([
    ['what its options say', 'none', 'full', 'full', 'none'],
    ['else what the configuration says', undefined, 'none', undefined, 'none'],
    ['even where the prefix would do with less', undefined, 'full', 'none', 'full'],
    ['else what its prefix needs', undefined, undefined, 'allowlist', 'allowlist'],
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

describe('what a prefix needs inside a task', () => {
  test('is there', async () => {
    await expect(checkNeeds('^', { binaries: ['tool'] }, env)).resolves.toBeUndefined();
  });

  test.each([
    ['a program that is not on PATH', { binaries: ['tool', 'other'] }, 'need other, which is not on PATH'],
    ['a folder', { binaries: ['folder'] }, 'need folder,'],
    ['a file that is no program', { binaries: ['text'] }, 'need text,'],
    ['a credential', { secrets: ['API_TOKEN'] }, 'need API_TOKEN, and credentials do not go along'],
  ])('is named before anything is sent: %s', async (_, needs, message) => {
    await expect(checkNeeds('^', needs, env)).rejects.toMatchObject({
      code: 'PREFISH_TELEPORT_NEEDS',
      message: expect.stringContaining(message),
    });
  });
});
