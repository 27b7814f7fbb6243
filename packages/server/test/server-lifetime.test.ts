import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kill } from 'node:process';
import type { Event } from '@prefish/protocol';
import { ServerClient, createHttpTransport } from '@prefish/protocol/client';
import { describe, expect, test } from 'vitest';
import { type ChildProgram, startProgram } from './fixtures/child.ts';
import { temporaryFolder } from './fixtures/folder.ts';
import { request } from './fixtures/request.ts';
import { commitInto } from './fixtures/server.ts';
import { until } from './fixtures/until.ts';

const starters = 20;

function serve(folder: string): ChildProgram {
  return startProgram('serve.ts', [folder]);
}

function clientOf(folder: string): ServerClient {
  return new ServerClient(createHttpTransport({ socketPath: join(folder, 'run', 's') }));
}

async function stop(program: ChildProgram, signal: NodeJS.Signals): Promise<void> {
  program.child.kill(signal);
  await program.exited;
}

async function history(client: ServerClient, id: string): Promise<Event[]> {
  const events: Event[] = [];
  for await (const event of client.history(id)) events.push(event);
  return events;
}

const outputOf = (events: readonly Event[]): string =>
  events.flatMap((event) => (event.type === 'output' ? [event.text] : [])).join('');

function runs(pid: number): boolean {
  try {
    kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

describe('the server of a folder', () => {
  test(`is one, however many of ${starters} processes start it at once`, async () => {
    using folder = temporaryFolder();
    const programs = Array.from({ length: starters }, () => serve(folder.path));
    await until(() => programs.every(({ lines }) => lines.length > 0), 50);
    const answers = programs.map(({ lines }) => lines[0]);
    const serving = programs.filter(({ lines }) => lines[0] === 'serving');
    expect(answers.filter((answer) => answer === 'already running')).toHaveLength(starters - 1);
    expect(serving).toHaveLength(1);
    expect((await clientOf(folder.path).info()).pid).toBe(serving[0]!.child.pid);
    await stop(serving[0]!, 'SIGTERM');
    await Promise.all(programs.map(({ exited }) => exited));
  });

  test('killed with -9: nothing of it still runs after the next start, nothing acknowledged is lost', async () => {
    using folder = temporaryFolder();
    const client = clientOf(folder.path);
    const first = serve(folder.path);
    await until(() => first.lines[0] === 'serving');
    const snapshot = commitInto((await client.repository('repository1')).remote);
    // One process in the attempt's group, one that has left its session and dropped its parent, and one
    // that has dropped its environment too, but works in the attempt's folder.
    const own = `${folder.path}/work/$(echo $PREFISH_TASK_ATTEMPT | tr / -)`;
    const escape = (env: string): string =>
      `${env} setsid sh -c "echo \\$\\$; trap '' TERM; sleep 600; :" & `;
    const line = `!${escape('')}echo $$; sleep 600`;
    const lineInFolder = `!mkdir -p ${own}; (cd ${own}; ${escape('env -i')}); ${line.slice(1)}`;
    const started = await client.submit(request({ line: lineInFolder, snapshot }));
    const again = await client.submit(
      request({ line, snapshot, options: { retries: 1, unsandboxed: true } }),
    );
    const waits = await client.submit(request({ line: '!echo later', snapshot }));
    const seen = await until(async () => {
      const pids = outputOf([...(await history(client, started.id)), ...(await history(client, again.id))]);
      return pids.split('\n').length > 5 && pids.trim().split('\n').map(Number);
    });
    const before = await history(client, started.id);
    await stop(first, 'SIGKILL');
    expect(existsSync(join(folder.path, 'unfinished'))).toBe(true);
    expect(seen.every(runs)).toBe(true);

    const second = serve(folder.path);
    await until(() => second.lines[0] === 'serving');
    expect(seen.filter(runs)).toEqual([]);
    expect(await client.get(started.id)).toMatchObject({ state: 'failed', reason: 'worker-lost' });
    expect((await history(client, started.id)).slice(0, before.length)).toEqual(before);
    await until(async () => (await client.get(waits.id)).state === 'completed');
    await until(async () => (await client.get(again.id)).attempt === 2);
    await client.cancel(again.id);
    await until(async () => (await client.get(again.id)).state === 'canceled');
    await until(() => !existsSync(join(folder.path, 'unfinished')));
    await stop(second, 'SIGTERM');
  });
});
