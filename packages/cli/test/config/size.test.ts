import { expect, test } from 'vitest';
import { bytesOf, taskLimits } from '../../src/config/size.ts';

test('sizes are in powers of 1024, however they are written', () => {
  expect(bytesOf('8 GB')).toBe(8 * 2 ** 30);
  expect(bytesOf('512mb')).toBe(512 * 2 ** 20);
  expect(bytesOf('1.5 TB')).toBe(1.5 * 2 ** 40);
});

test('what is not limited by the configuration is left to the server', () => {
  expect(taskLimits()).toEqual({});
  expect(taskLimits({ memory: '1 GB', cpus: 2 })).toEqual({ memory: 2 ** 30, cpus: 2 });
});
