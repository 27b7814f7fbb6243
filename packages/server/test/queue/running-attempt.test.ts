import { describe, expect, test } from 'vitest';
import { needs } from '../../../../test/support/needs.ts';
import { sandboxingServer } from '../fixtures/server.ts';
import { until } from '../fixtures/until.ts';

describe('a question', () => {
  needs('bubblewrap');

  test('of a line makes its task wait, and the answer reaches the line', async () => {
    await using server = await sandboxingServer();
    const question = `echo '{"type":"question","id":"q1","text":"May I?","choices":["yes","no"]}' >&3`;
    const line = `${question}; until [ -e answer ]; do sleep 0.02; done; cat answer`;
    const { id } = await server.client.submit(await server.request(line));
    await until(async () => (await server.client.get(id)).state === 'input-required');
    await server.client.answer(id, 'q1', 'yes');
    expect(
      await until(async () => {
        const task = await server.client.get(id);
        return task.endedAt !== undefined && task;
      }),
    ).toMatchObject({ state: 'completed' });
    const events = [];
    for await (const event of server.client.history(id)) events.push(event);
    expect(events).toContainEqual(expect.objectContaining({ type: 'output', text: 'yes' }));
    expect(events).toContainEqual(expect.objectContaining({ type: 'answer', id: 'q1', choice: 'yes' }));
  });
});
