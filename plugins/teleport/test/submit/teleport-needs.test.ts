import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkNeeds } from '../../src/submit/teleport-needs.ts';

const folder = mkdtempSync(join(tmpdir(), 'prefish-needs-'));
const env = { PATH: `relative:${folder}` };

beforeAll(() => {
  writeFileSync(join(folder, 'tool'), '#!/bin/sh\n');
  chmodSync(join(folder, 'tool'), 0o755);
  writeFileSync(join(folder, 'text'), 'no program');
  mkdirSync(join(folder, 'folder'));
});
afterAll(() => rmSync(folder, { recursive: true }));

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
