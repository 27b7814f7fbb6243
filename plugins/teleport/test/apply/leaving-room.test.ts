import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { needs } from '../../../../test/support/needs.ts';
import { scratch } from '../support/repository.ts';

needs('bubblewrap');

const source = fileURLToPath(new URL('../../src/apply/leaving-room.ts', import.meta.url));

test('what writes without end is stopped before the disk is full', () => {
  using s = scratch();
  const folder = join(s.root, 'disk');
  mkdirSync(folder);
  // A disk of 400 MB of its own.
  const script = `
    import { spawn } from 'node:child_process';
    import { once } from 'node:events';
    import { statfsSync } from 'node:fs';
    const { leavingRoom } = await import(${JSON.stringify(source)});
    const flood = async (signal) => {
      const child = spawn('sh', ['-c', 'while :; do head -c 1000000 /dev/zero >> file || exit; sleep 0.005; done'], {
        cwd: ${JSON.stringify(folder)}, signal,
      });
      child.once('error', () => {});
      await once(child, 'close');
      signal.throwIfAborted();
    };
    const told = await leavingRoom(${JSON.stringify(folder)}, flood, new AbortController().signal).catch(({ code }) => code);
    const { bavail, bsize } = statfsSync(${JSON.stringify(folder)});
    console.log(told, bavail * bsize > 1e6);
  `;
  const node = [process.execPath, '--conditions=development', '--input-type=module', '-e', script];
  const mounts = ['--dev-bind', '/', '/', '--size', '400000000', '--tmpfs', folder];
  expect(execFileSync('bwrap', [...mounts, ...node], { encoding: 'utf8' })).toBe('PREFISH_NO_SPACE true\n');
});
