import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Has the prefish of all tests of a run keep what they have compiled in one folder: a quarter of what a new home
 * takes at first is for that. As on any machine, they write to it at the same time, and are killed while they do.
 */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'prefish-compiled-'));
  process.env['PREFISH_TEST_COMPILED'] = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
