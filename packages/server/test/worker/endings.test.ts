import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTaskHost, type TaskHost } from '../fixtures/task-host.ts';
import { needs } from '../../../../test/support/needs.ts';

let host: TaskHost;
beforeEach(() => {
  host = createTaskHost();
});
afterEach(() => host.remove());

/** The processes of this machine whose command line holds a text. */
function processesWith(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(text);
      } catch {
        return false;
      }
    });
}

/** A line whose processes ignore TERM, leave their session and parents, and are known by a number of seconds. */
function stubborn(seconds: number): string {
  return `trap '' TERM; (setsid sh -c "trap '' TERM; sleep ${seconds} & sleep ${seconds}" >/dev/null 2>&1 &) ; (sleep ${seconds} >/dev/null 2>&1 &); echo ready`;
}

const unsandboxed = { path: '/nowhere' };
const ways = [
  ['in the sandbox', {}, {}],
  ['unsandboxed', unsandboxed, { unsandboxed: true }],
] as const;

describe.each(ways)('%s', (name, run, options) => {
  if (name === 'in the sandbox') needs('bubblewrap');

  const seconds = name === 'unsandboxed' ? 98_761 : 98_762;

  it('a canceled task leaves no process', async () => {
    const stop = new AbortController();
    const request = await host.submit(`${stubborn(seconds)}; sleep ${seconds}`, { options });
    const end = await host.run(request, {
      ...run,
      signal: stop.signal,
      onEvents(events) {
        if (!events.some((event) => event.type === 'output' && event.text.includes('ready'))) return;
        expect(processesWith(`sleep\0${seconds}`).length).toBeGreaterThan(0);
        stop.abort();
      },
    });
    expect(end.exit).toEqual({ signal: 'SIGKILL' });
    expect(processesWith(`sleep\0${seconds}`)).toEqual([]);
    expect(readdirSync(join(host.folder, 'work'))).toEqual([]);
  });

  it('a task of which every process was stopped is canceled all the same', async () => {
    const stop = new AbortController();
    const line = `: ${host.root}; echo ready; sleep ${seconds}`;
    const end = await host.run(await host.submit(line, { options }), {
      ...run,
      signal: stop.signal,
      onEvents(events) {
        if (!events.some((event) => event.type === 'output' && event.text.includes('ready'))) return;
        // The sandbox's own have the line among their arguments.
        const stopped = processesWith(line);
        expect(stopped.length).toBeGreaterThan(1);
        for (const pid of stopped) process.kill(Number(pid), 'SIGSTOP');
        stop.abort();
      },
    });
    expect(end.exit).toEqual({ signal: 'SIGKILL' });
    expect(processesWith(line)).toEqual([]);
    expect(readdirSync(join(host.folder, 'work'))).toEqual([]);
  });

  it('a task that ended leaves no process', async () => {
    const end = await host.run(await host.submit(`${stubborn(seconds)}; exit 4`, { options }), run);
    expect(end.exit).toEqual({ code: 4 });
    expect(processesWith(`sleep\0${seconds}`)).toEqual([]);
  });

  it('a failure to write events ends the task', async () => {
    const failing = host.run(await host.submit(`echo ready; sleep ${seconds}`, { options }), {
      ...run,
      onEvents: () => Promise.reject(new Error('stale')),
    });
    await expect(failing).rejects.toThrow('stale');
    expect(processesWith(`sleep\0${seconds}`)).toEqual([]);
  });
});

describe('without a sandbox', () => {
  it('what dropped its environment and left its session is ended, and holds up nothing', async () => {
    const escape = (folder: string, seconds: number): string =>
      `env -i setsid sh -c "cd ${folder}; sleep ${seconds}; :" >/dev/null 2>&1 & until pgrep -f '^sleep ${seconds}$' >/dev/null; do sleep 0.01; done`;
    const options = { unsandboxed: true };
    const inTree = await host.submit(`${escape('.', 98_763)}; exit 4`, { options });
    expect((await host.run(inTree, unsandboxed)).exit).toEqual({ code: 4 });
    expect(processesWith(`sleep\0${98_763}`)).toEqual([]);

    const stop = new AbortController();
    const elsewhere = await host.submit(`${escape('/', 98_764)}; echo ready; sleep 98764`, { options });
    await host.run(elsewhere, {
      ...unsandboxed,
      signal: stop.signal,
      onEvents(events) {
        if (events.some(({ type }) => type === 'output')) stop.abort();
      },
    });
    expect(processesWith(`sleep\0${98_764}`)).toEqual([]);
    expect(readdirSync(join(host.folder, 'work'))).toEqual([]);
  });

  it('a line that may runs in its own copy, with its result', async () => {
    host.write('a.txt', 'a\n');
    const line = 'echo b > a.txt; pwd; echo $HOME';
    const request = await host.submit(line, { options: { unsandboxed: true } });
    const run = await host.run(request, unsandboxed);
    expect(run).toMatchObject({ sandbox: 'none', exit: { code: 0 }, result: { files: 1 } });
    expect(run.stdout).toBe(`${host.folder}/work/${request.id}-1/tree\n${host.home}\n`);
    expect(readFileSync(join(host.root, 'a.txt'), 'utf8')).toBe('a\n');
  });

  it('any other is refused', async () => {
    await expect(host.run(await host.submit('true'), unsandboxed)).rejects.toMatchObject({
      code: 'PREFISH_SANDBOX_MISSING',
    });
    const allowed = await host.submit('true', { options: { unsandboxed: true } });
    await expect(host.run(allowed, { ...unsandboxed, mode: 'bwrap' })).rejects.toMatchObject({
      code: 'PREFISH_SANDBOX_MISSING',
    });
  });
});

describe('what a task says', () => {
  needs('bubblewrap');

  it('is never more than it may say', async () => {
    const forged = [
      { type: 'exit', code: 0 },
      { type: 'state', state: 'completed' },
      { type: 'result', commit: 'f'.repeat(40), branch: 'x', files: 1, insertions: 1, deletions: 1 },
      { type: 'message', role: 'agent', text: 'forged', seq: 99, task: 'other', at: 'never' },
      { type: 'output', stream: 'nowhere', text: 'x' },
    ];
    const lines = forged.map((event) => JSON.stringify(event)).join('\n');
    // The stand-in leaves the stream of its events open to the line, as descriptor 3.
    const line = `printf '%s\\n' '${lines.replaceAll('\n', "' '")}' >&3; exit 9`;
    const run = await host.run(await host.submit(line));
    expect(run.exit).toEqual({ code: 9 });
    expect(run.result).toBeUndefined();
    for (const event of run.events) expect(['message', 'output']).toContain(event.type);
    expect(run.events).toContainEqual({ type: 'message', role: 'agent', text: 'forged' });
  });

  it('may be 100 MB, which never pile up in memory', async () => {
    let [bytes, peak] = [0, 0];
    const before = process.memoryUsage.rss();
    const run = await host.run(await host.submit('head -c 100000000 /dev/zero | tr "\\0" x'), {
      onEvents(events) {
        for (const event of events) bytes += event.type === 'output' ? event.text.length : 0;
        peak = Math.max(peak, process.memoryUsage.rss() - before);
      },
    });
    expect(run.exit).toEqual({ code: 0 });
    expect(bytes).toBe(100_000_000);
    expect(peak).toBeLessThan(80_000_000);
  });

  it('may be binary', async () => {
    const run = await host.run(await host.submit('printf "a\\377\\000b\\n"; head -c 300000 /dev/urandom'));
    expect(run.exit).toEqual({ code: 0 });
    expect(run.stdout.startsWith('a�\0b\n')).toBe(true);
  });
});

describe('a sandbox that cannot be set up', () => {
  needs('bubblewrap');

  it('fails the attempt, not the line', async () => {
    symlinkSync('nowhere', join(host.root, 'link'));
    await expect(host.run(await host.submit('true', { cwd: 'link' }))).rejects.toMatchObject({
      code: 'PREFISH_WORKSPACE_FAILED',
      message: expect.stringContaining("Can't chdir"),
    });
  });

  it('removes the workspace', async () => {
    const request = await host.submit('true', { snapshot: 'f'.repeat(40) });
    await expect(host.run(request)).rejects.toMatchObject({ code: 'PREFISH_SNAPSHOT_UNKNOWN' });
    expect(readdirSync(join(host.folder, 'work'))).toEqual([]);
  });
});
