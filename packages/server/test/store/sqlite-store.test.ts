import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite-store.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { describeStore } from './conformance.ts';

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

let count = 0;
describeStore('SQLite store', (options) =>
  openSqliteStore({ path: join(folder.path, `${count++}.db`), ...options }),
);
