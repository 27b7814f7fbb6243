import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { syncFileSystem } from '../src/sync-file-system.ts';

test('syncs the file system of a folder and says so; of one that is not there, all of them', async () => {
  await expect(syncFileSystem(tmpdir())).resolves.toBe(process.platform === 'linux');
  await expect(syncFileSystem('/not/there')).resolves.toBe(false);
}, 60_000);

test('is waited for no longer once nobody needs it', async () => {
  await syncFileSystem(tmpdir(), { signal: AbortSignal.abort() });
  const stop = new AbortController();
  const syncing = syncFileSystem(tmpdir(), { signal: stop.signal });
  stop.abort();
  await syncing;
});
