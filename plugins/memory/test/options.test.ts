import { expect, test } from 'vitest';
import { optionsSchema } from '../src/options.ts';

const folders = { state: '/state' };
const { validate } = optionsSchema['~standard'];

test('what is not said has its default', () => {
  expect(validate({ folders })).toEqual({
    value: { folders, default: 'project', ask: true, section: 'Remember' },
  });
});

test.each([
  [{ folders: { state: 'relative' } }, 'folders.state'],
  [{ folders, default: 'nowhere' }, 'default'],
  [{ folders, ask: 'no' }, 'ask'],
  [{ folders, section: '## Notes' }, 'section'],
  [{ folders, section: 'two\nlines' }, 'section'],
  [{ folders, sections: 'Notes' }, 'sections'],
])('%j does not fit', (options, path) => {
  expect(validate(options)).toEqual({ issues: [{ path: path.split('.'), message: expect.any(String) }] });
});
