import type { Event, EventBody, Task } from '@prefish/protocol';
import { expect, test } from 'vitest';
import { brokenPromises, type TaskRecord } from './check.ts';

const bodies: readonly EventBody[] = [
  { type: 'state', state: 'submitted' },
  { type: 'state', state: 'working' },
  { type: 'output', stream: 'stdout', text: 'output 0\n' },
  { type: 'state', state: 'completed' },
];
const events = bodies.map((body, index): Event => ({ seq: index + 1, at: '', ...body }));
const task = { id: 't1', state: 'completed', attempt: 1, exit: { code: 0 } } as Task;
const sighting = { task: 't1', attempt: 1, from: 0, to: 1000, finished: true };
const kept: TaskRecord = {
  id: 't1',
  plan: {
    line: '!true',
    code: 0,
    outputs: 1,
    retries: 0,
    timeout: undefined,
    cancel: undefined,
    after: undefined,
  },
  task,
  events,
  shown: events.slice(0, 2),
  finals: ['completed'],
  sightings: [sighting],
};

test('a task that did as it was told breaks no promise', () => {
  expect(brokenPromises(kept)).toEqual([]);
});

test.each<[string, Partial<TaskRecord>, RegExp]>([
  ['lost', { task: undefined }, /lost/],
  ['not ended', { task: { ...task, state: 'working' } }, /has not ended/],
  ['a gap', { events: events.toSpliced(1, 1) }, /gaps/],
  ['a lost event', { shown: [{ seq: 9, at: '', type: 'thought', text: '' }] }, /shown are lost/],
  ['two finals', { finals: ['failed'] }, /which is final/],
  ['a lie', { sightings: [{ ...sighting, finished: false }] }, /did not come to its end/],
  ['a wrong verdict', { task: { ...task, exit: { code: 3 } } }, /was to end with 0/],
  ['lost output', { plan: { ...kept.plan, outputs: 2 } }, /1 of 2 outputs/],
  [
    'repeated',
    { sightings: [sighting, { ...sighting, attempt: 2, from: 2000, to: 3000 }] },
    /not to be repeated/,
  ],
  ['at once', { sightings: [sighting, { ...sighting, attempt: 2, from: 500, to: 3000 }] }, /ran at once/],
  ['a survivor', { sightings: [{ ...sighting, to: Infinity }] }, /still runs/],
  ['canceled by nobody', { task: { ...task, state: 'canceled' } }, /canceled by nobody/],
])('%s: is found', (_, changes, message) => {
  expect(brokenPromises({ ...kept, ...changes }).join('\n')).toMatch(message);
});
