import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite-store.ts';
import { startProgram } from '../fixtures/child.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { request } from '../fixtures/request.ts';
import { has } from '../../../../test/support/capabilities.ts';

const defaults = { owner: '', place: 'here', sandbox: 'none' } as const;
const hash = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

async function filledDatabase(path: string): Promise<void> {
  const store = openSqliteStore({ path });
  for (let count = 0; count < 200; count++) await store.submit(request(), defaults);
  await store.close();
}

describe('a database file', () => {
  test('that is no database is refused by path, and untouched', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'tasks.db');
    writeFileSync(path, 'not a database '.repeat(1000));
    const before = hash(path);
    expect(() => openSqliteStore({ path })).toThrow(
      expect.objectContaining({
        code: 'PREFISH_STORE_CORRUPT',
        message: expect.stringContaining(path),
        hint: expect.stringContaining(path),
      }),
    );
    expect(hash(path)).toBe(before);
    expect(readdirSync(folder.path)).toEqual(['tasks.db']);
  });

  test('whose header is overwritten is refused, and untouched', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'tasks.db');
    await filledDatabase(path);
    const bytes = readFileSync(path);
    bytes.fill(0xff, 0, 100);
    writeFileSync(path, bytes);
    const before = hash(path);
    expect(() => openSqliteStore({ path })).toThrow(
      expect.objectContaining({ code: 'PREFISH_STORE_CORRUPT' }),
    );
    expect(hash(path)).toBe(before);
  });

  test('with damaged pages is reported when they are read', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'tasks.db');
    await filledDatabase(path);
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4096 * 3);
    writeFileSync(path, bytes);
    const useIt = async (): Promise<void> => {
      const store = openSqliteStore({ path });
      try {
        await store.list({ owner: '', limit: 1000 });
      } finally {
        await store.close();
      }
    };
    await expect(useIt()).rejects.toMatchObject({ code: 'PREFISH_STORE_CORRUPT' });
  });

  test('of a newer prefish is refused, and untouched', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'tasks.db');
    await filledDatabase(path);
    const database = new DatabaseSync(path);
    database.exec('pragma user_version = 99; pragma wal_checkpoint(truncate)');
    database.close();
    const before = hash(path);
    expect(() => openSqliteStore({ path })).toThrow(
      expect.objectContaining({
        code: 'PREFISH_STORE_VERSION',
        message: expect.stringMatching(/tasks\.db has version 99; this prefish knows \d+/),
        hint: expect.stringContaining('Update prefish'),
      }),
    );
    expect(hash(path)).toBe(before);
  });

  test('on a full disk: PREFISH_NO_SPACE, nothing half-written, still readable', async ({ skip }) => {
    skip(!has('bubblewrap'), 'bubblewrap does not work here');
    // The file system of 4 MB is bubblewrap's, so that no privileges are needed.
    const disk = ['bwrap', '--dev-bind', '/', '/', '--size', String(4 * 2 ** 20), '--tmpfs', '/mnt', '--'];
    const program = startProgram('fill-disk.ts', ['/mnt/tasks.db'], disk);
    expect(await program.exited).toBe(0);
    const report = JSON.parse(program.lines[0]!) as {
      code: string;
      written: number;
      kept: number;
      state: string;
    };
    expect(report.code).toBe('PREFISH_NO_SPACE');
    expect(report.written).toBeGreaterThan(4);
    expect(report.kept).toBe(report.written);
    expect(report.state).toBe('working');
  });
});
