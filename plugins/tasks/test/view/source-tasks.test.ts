import { expect, test } from 'vitest';
import { SourceTasks } from '../../src/view/source-tasks.ts';
import { flooding } from '../support/memory-source.ts';

test('a page that is far longer than was asked for stands behind the first', async () => {
  const source = flooding();
  const { signal } = new AbortController();
  const [first, behind] = [await source.list({}, signal), await source.list({ cursor: 'flood' }, signal)];
  const known = new SourceTasks({ source, plugin: 'tasks', ...first });
  known.append('flood', { source, plugin: 'tasks', ...behind });
  expect(known.tasks).toHaveLength(150_001);
  expect(known.next).toBeUndefined();
});
