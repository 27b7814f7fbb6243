import { expect, test } from 'vitest';
import { placeOfTask } from '../../src/worker/place-of-task.ts';

const own = { HOME: '/home/server', PATH: '/opt/bin:/bin', SECRET: 'x', USER: 'server' };
const sent = { path: '/home/ada/bin', env: { HOME: '/home/ada', LANG: 'de_DE.UTF-8' } };

test('a task of this machine has the PATH and the HOME of its submitter', () => {
  expect(placeOfTask(sent, own)).toEqual(sent);
});

test('a task of another machine has those of the server, and no other variable of it', () => {
  expect(placeOfTask({ ...sent, elsewhere: true }, own)).toEqual({
    path: '/opt/bin:/bin',
    env: { HOME: '/home/server', LANG: 'de_DE.UTF-8', USER: 'server' },
  });
});
