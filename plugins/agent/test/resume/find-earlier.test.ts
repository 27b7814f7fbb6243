import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { definePlugin, PrefishError, type Event, type Task } from '@prefish/core';
import { fakeAgent } from '@prefish/testing/agent';
import { describe, expect, test } from 'vitest';
import { agentShell, answer, temporaryFolder, type AgentShellOptions } from '../agent-shell.ts';

const base = {
  source: 'elsewhere',
  place: 'elsewhere',
  attempt: 1,
  sandbox: 'none',
  network: 'none',
} as const;
const result = { commit: 'c', branch: 'b', files: 2, insertions: 2, deletions: 0 };
const at = '2026-01-01T00:00:00.000Z';

/** A source with one task, number 4, in which `asked` was said. */
function oneTask(state: Task['state'] = 'completed', applied: string[] = []) {
  const task: Task = { ...base, id: 'tabc', number: 4, title: 'x', result, line: 'x', state, createdAt: at };
  const said: Event[] = [{ seq: 1, at, type: 'message', role: 'user', text: 'asked in the task' }];
  return definePlugin({
    name: 'prefish-plugin-elsewhere',
    api: '^1',
    setup(shell) {
      shell.tasks({
        id: 'elsewhere',
        title: 'Elsewhere',
        list: async () => ({ tasks: [task] }),
        get: async (reference) => (['4', 'tabc', '@last'].includes(reference) ? task : undefined),
        async *events() {
          yield* said;
        },
        actions: [
          {
            name: 'apply',
            summary: 'Merge it',
            run() {
              applied.push(task.id);
              return { type: 'ok', message: 'merged' };
            },
          },
        ],
      });
    },
  })();
}

/** What the agent was told of an earlier conversation when the shell was started with `--resume`. */
async function resumed(resume: string, ids: readonly string[], state?: Task['state']) {
  const [folder, sessions, cwd] = [await temporaryFolder(), await temporaryFolder(), await temporaryFolder()];
  const agent = fakeAgent({ sessions });
  const records = ids.map((id) => ({ id, agent: agent.command, project: cwd, cwd, title: id, at }));
  await mkdir(join(folder, 'agent'));
  await writeFile(
    join(folder, 'agent', 'sessions.jsonl'),
    records.map((record) => `${JSON.stringify(record)}\n`).join(''),
  );
  for (const id of ids) await writeFile(join(sessions, `${id}.json`), '[]');
  await using t = await agentShell({
    agent,
    state: folder,
    cwd,
    resume,
    answers: { Apply: false },
    plugins: [oneTask(state)],
  });
  const result = await t.submit('say on');
  if (result.error !== undefined) throw result.error;
  expect(answer(result)).toBe('on\n');
  return ((await t.submit('/agent')).data as { current: { session: string } }).current.session;
}

test('a conversation by its id or the beginning of it', async () => {
  expect(await resumed('fake-4', ['fake-4', 'fake-44'])).toBe('fake-4');
  expect(await resumed('fake-4', ['fake-44', 'fake-5'])).toBe('fake-44');
});

test('what looks like the number of a task is that, and so is a task’s id', async () => {
  expect(await resumed('4', ['fake-1'])).not.toBe('fake-1');
  expect(await resumed('tabc', ['fake-1'])).not.toBe('fake-1');
  expect(await resumed('@last', ['fake-1'])).not.toBe('fake-1');
});

test('several, none, and one that still runs are errors', async () => {
  await expect(resumed('fake-', ['fake-1', 'fake-2'])).rejects.toThrow('Several conversations');
  await expect(resumed('nope', [])).rejects.toThrow('No conversation and no task has the id nope');
  await expect(resumed('4', [], 'working')).rejects.toMatchObject({
    code: 'PREFISH_AGENT_SESSION',
    hint: expect.stringContaining('prefish tasks logs -f tabc'),
  });
});

/** Leaves each question, as Esc does. */
function leave(): never {
  throw new PrefishError('PREFISH_INTERRUPTED', 'Interrupted');
}

describe('at the prompt', () => {
  const opened = (options: AgentShellOptions, applied?: string[]) =>
    agentShell({ agent: fakeAgent(), announce: true, plugins: [oneTask('completed', applied)], ...options });

  test.each([
    ['last', 'There is no conversation to continue in this project'],
    ['nonsense', 'No conversation and no task has the id nonsense'],
  ])('what cannot be continued is said before the first line: %s', async (resume, message) => {
    await using t = await opened({ resume });
    await expect
      .poll(() => t.events)
      .toContainEqual(
        expect.objectContaining({
          type: 'warning',
          code: 'PREFISH_AGENT_SESSION',
          message,
          hint: 'The next message begins a new conversation.',
        }),
      );
    expect(answer(await t.submit('say on'))).toBe('on\n');
  });

  test('so is what can; leaving the question of what to apply is a no, and keeps the message', async () => {
    const applied: string[] = [];
    await using t = await opened({ resume: '4', answers: leave }, applied);
    await expect.poll(() => t.notices).toContain('goes on with task 4 (x) · 2 files to apply');
    expect(answer(await t.submit('say on'))).toBe('on\n');
    expect(t.questions).toMatchObject([{ message: 'Apply the 2 files that task 4 changed first?' }]);
    expect(applied).toEqual([]);
    await using yes = await opened({ resume: '4', answers: [true] }, applied);
    expect(answer(await yes.submit('say on'))).toBe('on\n');
    expect(applied).toEqual(['tabc']);
  });
});
