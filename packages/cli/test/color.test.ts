import { expect, test } from 'vitest';
import { wantsColor } from '../src/color.ts';

const [terminal, pipe] = [{ isTTY: true }, {}];

test('the flag decides, then NO_COLOR, then FORCE_COLOR, then whether somebody looks', () => {
  expect(wantsColor('always', pipe, { NO_COLOR: '1' })).toBe(true);
  expect(wantsColor('never', terminal, { FORCE_COLOR: '1' })).toBe(false);
  expect(wantsColor('auto', terminal, { NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(false);
  expect(wantsColor('auto', pipe, { FORCE_COLOR: '1' })).toBe(true);
  expect(wantsColor('auto', terminal, {})).toBe(true);
  expect(wantsColor('auto', terminal, { TERM: 'dumb' })).toBe(false);
  expect(wantsColor('auto', pipe, {})).toBe(false);
});
