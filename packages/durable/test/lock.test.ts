import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { withLock } from '../src/index.ts';
import { temporaryFolder } from './temporary-folder.ts';

test('callers of one process take turns in the order in which they came', async () => {
  const lock = join(await temporaryFolder(), 'state', 'lock');
  const seen: string[] = [];
  await Promise.all(
    ['a', 'b', 'c'].map((name) =>
      withLock(lock, async () => {
        seen.push(`${name} in`);
        await new Promise(setImmediate);
        seen.push(`${name} out`);
      }),
    ),
  );
  expect(seen).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
});

test('gives the result back, passes an error on, and is free afterwards', async () => {
  const lock = join(await temporaryFolder(), 'lock');
  await expect(withLock(lock, () => 'done')).resolves.toBe('done');
  await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(withLock(lock, () => 'again')).resolves.toBe('again');
});

test('waiting ends with ELOCKED at the timeout and with the reason of the signal', async () => {
  const lock = join(await temporaryFolder(), 'lock');
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const holder = withLock(lock, () => released);

  await expect(withLock(lock, () => 'in', { timeoutMs: 20 })).rejects.toMatchObject({ code: 'ELOCKED' });
  const reason = new Error('interrupted');
  const abort = new AbortController();
  const waiter = withLock(lock, () => 'in', { signal: abort.signal });
  abort.abort(reason);
  await expect(waiter).rejects.toBe(reason);

  const last = withLock(lock, () => 'last');
  release();
  await holder;
  await expect(last).resolves.toBe('last');
});

test('a lock that another process holds times out, and is free once that process was killed', async () => {
  const lock = join(await temporaryFolder(), 'lock');
  const source = `import { withLock } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)};
    await withLock(${JSON.stringify(lock)}, () => { console.log('held'); return new Promise((r) => setTimeout(r, 60_000)); });`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');

  await expect(withLock(lock, () => 'in', { timeoutMs: 50 })).rejects.toMatchObject({ code: 'ELOCKED' });
  holder.kill('SIGKILL');
  await expect(withLock(lock, () => 'in', { timeoutMs: 10_000 })).resolves.toBe('in');
});

test('thirty processes lose no increment although a third of them is killed at random', async () => {
  const folder = await temporaryFolder();
  const counter = join(folder, 'counter');
  const lock = join(folder, 'lock');
  await writeFile(counter, '0');
  const times = 10;
  const children = Array.from({ length: 30 }, (_, index) => {
    const child = spawn(
      process.execPath,
      [new URL('fixtures/increment.ts', import.meta.url).pathname, counter, lock, String(times)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const killed = index % 3 === 0;
    const after = Math.floor(Math.random() * (times - 1)) + 1;
    let lines = 0;
    child.stdout.on('data', () => {
      lines += 1;
      if (killed && lines >= after) child.kill('SIGKILL');
    });
    return { killed, ended: Promise.all([text(child.stdout), once(child, 'exit')]) };
  });

  const written: number[] = [];
  for (const { killed, ended } of children) {
    const [output, [code]] = await ended;
    const values = output.split('\n').filter(Boolean).map(Number);
    written.push(...values);
    if (!killed) {
      expect(code).toBe(0);
      expect(values).toHaveLength(times);
    }
  }
  // Every number was written once; a process killed between writing and printing leaves a gap.
  expect(new Set(written).size).toBe(written.length);
  const final = Number(await readFile(counter, 'utf8'));
  expect(final).toBeGreaterThanOrEqual(written.length);
  expect(final).toBeLessThanOrEqual(written.length + children.length / 3);
});

test('waiting keeps its process, whatever keeps the one that holds the lock', async () => {
  const lock = join(await temporaryFolder(), 'lock');
  const source = `
    import { withLock } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)};
    void withLock(${JSON.stringify(lock)}, () => new Promise(() => {}));
    await withLock(${JSON.stringify(lock)}, () => {}, { timeoutMs: 50 }).catch(({ code }) => console.log(code));`;
  const waiter = spawn(process.execPath, ['--input-type=module', '-e', source]);
  expect(await text(waiter.stdout)).toBe('ELOCKED\n');
});
