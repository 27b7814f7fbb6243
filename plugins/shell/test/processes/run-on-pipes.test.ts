import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import type { Event } from '@prefish/core';
import { expect, test } from 'vitest';
import { testShell, until } from '../harness.ts';

/** The running processes whose arguments hold `text`. */
function processesWith(text: string): string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').includes(text);
    } catch {
      return false;
    }
  });
}

test('output comes while the line runs, no character is split, and invalid bytes are replaced', async () => {
  const { run } = await testShell();
  const { stdout } = await run(`!printf 'a\\303'; sleep 0.1; printf '\\251b\\377c\\342\\202'`);
  expect(stdout).toBe('aéb\uFFFDc\uFFFD');
});

test('a host that takes bytes gets them as they are, and no output events', async () => {
  const chunks: Uint8Array[] = [];
  const { run } = await testShell('/bin/bash', { bytes: (chunk) => chunks.push(chunk) });
  const { events } = await run(`!printf 'a\\303'; sleep 0.1; printf '\\377'`);
  expect(Buffer.concat(chunks)).toEqual(Buffer.from([0x61, 0xc3, 0xff]));
  expect(events.filter(({ type }) => type === 'output')).toEqual([]);
});

test('standard input is empty where nobody gives any', async () => {
  const { run } = await testShell();
  expect((await run('!cat; echo end')).stdout).toBe('end\n');
});

test('100 MB flow at the speed of the reader, with flat memory', async () => {
  let waiting = 0;
  let most = 0;
  let total = 0;
  const take = (): void => {
    for (const event of (events as Event[]).splice(0)) {
      if (event.type === 'output') waiting += event.text.length;
    }
  };
  const { run, events } = await testShell('/bin/bash', {
    drain: async () => {
      take();
      most = Math.max(most, waiting);
      await new Promise(setImmediate);
      total += waiting;
      waiting = 0;
    },
  });
  await run("!head -c 100000000 /dev/zero | tr '\\0' x");
  // What came last was waited for by nobody.
  take();
  expect(total + waiting).toBe(100_000_000);
  expect(most).toBeLessThan(4 * 1024 * 1024);
});

test('a background child that holds the output open does not hold the line', async () => {
  const { run } = await testShell();
  const started = performance.now();
  const { stdout, exit } = await run('!sleep 61.25 & echo "pid $!"');
  expect(performance.now() - started).toBeLessThan(30_000);
  expect(exit).toEqual({ code: 0 });
  const pid = Number(/^pid (\d+)\n$/.exec(stdout)?.[1]);
  expect(process.kill(pid, 'SIGKILL')).toBe(true);
});

test('a background child that never stops printing does not hold the line', async () => {
  const { run, cwd } = await testShell();
  const { exit } = await run(`!yes & echo $! > ${join(cwd, 'pid')}`);
  expect(exit).toEqual({ code: 0 });
  expect(process.kill(Number(await readFile(join(cwd, 'pid'), 'utf8')), 'SIGKILL')).toBe(true);
});

test('a background child that prints now and then does not hold the line', async () => {
  const { run } = await testShell();
  const { stdout, exit } = await run('!while :; do echo tick; sleep 0.05; done & echo "pid $!"');
  expect(exit).toEqual({ code: 0 });
  expect(process.kill(Number(/pid (\d+)/.exec(stdout)?.[1]), 'SIGKILL')).toBe(true);
});

test('a reader that is far behind when the shell ends loses nothing', async () => {
  const { run } = await testShell('/bin/bash', {
    drain: () => new Promise((resolve) => setTimeout(resolve, 300)),
  });
  expect((await run("!head -c 200000 /dev/zero | tr '\\0' x")).stdout).toHaveLength(200_000);
});

test('what the last child prints after the shell has ended is not lost', async () => {
  const { run } = await testShell();
  expect((await run('!(sleep 0.1; echo late) & echo early')).stdout).toBe('early\nlate\n');
});

test('an interrupt stops the command, and the signal is told', async () => {
  const { run } = await testShell();
  const abort = new AbortController();
  const running = run('!echo ready; sleep 62.25', abort.signal);
  await until(() => processesWith('62.25').length === 1);
  abort.abort();
  expect((await running).exit).toEqual({ signal: 'SIGINT' });
  expect(processesWith('62.25')).toEqual([]);
});

test('an interrupt leaves nothing behind, whatever was done to escape', async () => {
  const { run, events } = await testShell();
  const abort = new AbortController();
  const line = [
    'trap "" INT',
    'sleep 63.25 & setsid sleep 63.25 & nohup sleep 63.25 >/dev/null 2>&1 &',
    'setsid sh -c "(sleep 63.25 &) ; sleep 63.25" & setsid env -i sleep 63.25 &',
    'echo ready; wait',
  ].join('\n');
  const running = run(`!${line}`, abort.signal);
  await until(() => events.some((event) => event.type === 'output'));
  await until(() => processesWith('63.25').length >= 6);
  abort.abort();
  await running;
  expect(processesWith('63.25')).toEqual([]);
});

test('a line that was aborted before it began ends at once', async () => {
  const { run } = await testShell();
  const started = performance.now();
  await run('!sleep 64.25', AbortSignal.abort());
  expect(performance.now() - started).toBeLessThan(30_000);
  expect(processesWith('64.25')).toEqual([]);
});
