// Prints where Chromium is, once it is unpacked and has started: node test/support/chromium.ts
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import chromium from '@sparticuz/chromium';
import { withLock } from '../../packages/durable/src/index.ts';

// Several test files may want it at the same time.
const lock = join(tmpdir(), `prefish-chromium-${process.getuid?.() ?? 0}.lock`);
const path = await withLock(lock, () => chromium.executablePath(), { timeoutMs: 60_000 });
const { status } = spawnSync(path, ['--no-sandbox', '--version'], { stdio: 'ignore' });
if (status === 0) process.stdout.write(path);
process.exitCode = status ?? 1;
