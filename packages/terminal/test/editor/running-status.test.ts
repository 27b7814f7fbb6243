import { createStyle } from '@prefish/screen';
import { expect, test } from 'vitest';
import { RunningStatus } from '../../src/editor/running-status.ts';

test('a line that follows a task waits until the task has begun', () => {
  const status = new RunningStatus(createStyle(false));
  expect(status.row(80)).toMatch(/working 0:00 · Esc stops$/);
  const event = { seq: 1, at: '', task: 't1', type: 'state' } as const;
  status.observe({ ...event, state: 'submitted' });
  status.observe({ seq: 2, at: '', type: 'output', stream: 'stderr', text: 'on its way\n' });
  expect(status.row(80)).toContain('waiting');
  status.observe({ ...event, seq: 3, state: 'working' });
  expect(status.row(80)).toMatch(/working 0:00 · Esc leaves it running$/);
  status.stop();
  expect(status.row(80)).toMatch(/leaving it 0:00$/);
});
