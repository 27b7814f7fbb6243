import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { syncFileSystem } from '../src/sync-file-system.ts';

test('syncs the file system of a folder; of one that is not there, all of them', async () => {
  await expect(syncFileSystem(tmpdir())).resolves.toBeUndefined();
  await expect(syncFileSystem('/not/there')).resolves.toBeUndefined();
}, 60_000);

test('is waited for no longer once nobody needs it', async () => {
  await syncFileSystem(tmpdir(), AbortSignal.abort());
  const stop = new AbortController();
  const syncing = syncFileSystem(tmpdir(), stop.signal);
  stop.abort();
  await expect(syncing).resolves.toBeUndefined();
});
