import { expect, test } from 'vitest';
import { taskEnvironment } from '../../src/submit/task-environment.ts';

const env = {
  LC_ALL: 'C',
  CI: '1',
  PYENV_VERSION: '3.12.1',
  ASDF_NODEJS_VERSION: '24.0.0',
  LD_LIBRARY_PATH: '/opt/cuda/lib64',
  GITHUB_TOKEN: 'secret',
  DATABASE_URL: 'postgres://ada:secret@db',
  CFLAGS: '-I https://ada:secret@example.org',
  GOFLAGS: `-ldflags=-X=main.key=sk-ant-${'a1'.repeat(20)}`,
  CPPFLAGS: `-DTOKEN="ghp_${'a1'.repeat(18)}"`,
  LC_GITHUB_TOKEN: 'secret',
  'BASH_FUNC_x%%': '() { :; }',
};

test('which tools are meant goes along, and nothing that could be a secret', () => {
  expect(taskEnvironment(env)).toEqual({
    LC_ALL: 'C',
    CI: '1',
    PYENV_VERSION: '3.12.1',
    ASDF_NODEJS_VERSION: '24.0.0',
    LD_LIBRARY_PATH: '/opt/cuda/lib64',
  });
});

test('to another machine goes what names nothing on this one', () => {
  expect(taskEnvironment(env, true)).toEqual({ LC_ALL: 'C', CI: '1' });
});
