import { chmodSync, mkdtempDisposableSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeServeFolder } from '../../../src/commands/serve/data-folder.ts';

test('the folder of a server is made private, one that is there stays as it is, and one that all may write is refused', () => {
  using root = mkdtempDisposableSync(join(tmpdir(), 'prefish-serve-'));
  const modeOf = (path: string): number => statSync(path).mode & 0o777;
  const own = join(root.path, 'own');
  makeServeFolder(own);
  expect(modeOf(own)).toBe(0o700);
  for (const chosen of [0o755, 0o770]) {
    chmodSync(own, chosen);
    makeServeFolder(own);
    expect(modeOf(own)).toBe(chosen);
  }
  for (const [mode, hint] of [
    [0o777, `Name a folder of its own with --data, or: chmod o-w '${own}'.`],
    [0o1777, 'Name a folder of its own with --data.'],
  ] as const) {
    chmodSync(own, mode);
    expect(() => makeServeFolder(own)).toThrow(
      expect.objectContaining({ code: 'PREFISH_FOLDER_UNUSABLE', hint }),
    );
  }
});
