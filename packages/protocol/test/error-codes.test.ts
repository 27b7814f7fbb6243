import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  errorCodes,
  fromProblem,
  isPrefishError,
  PrefishError,
  toProblem,
  type ErrorCode,
} from '../src/index.ts';

describe('the error registry', () => {
  test('and docs/errors.md list the same codes, sentences and exit codes', () => {
    const rows = Object.entries<ErrorCode>(errorCodes).map(
      ([code, { summary, exit, status }]) => `| \`${code}\` | ${summary} | ${exit} | ${status ?? ''} |`,
    );
    const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
    expect(page.split('\n').filter((line) => line.startsWith('| `PREFISH_'))).toEqual(rows);
  });

  test('an error survives the way through a problem', () => {
    const error = new PrefishError('PREFISH_LIMIT', 'too many tasks', { hint: 'wait' });
    const problem = JSON.parse(JSON.stringify(toProblem(error)));
    expect(problem).toMatchObject({
      type: 'about:blank',
      status: 429,
      detail: 'too many tasks',
      code: 'PREFISH_LIMIT',
    });
    expect(fromProblem(problem)).toMatchObject({
      code: 'PREFISH_LIMIT',
      message: 'too many tasks',
      hint: 'wait',
      exitCode: 3,
    });
  });

  test('what is no error of ours becomes an internal one, and a code of a newer server a refusal', () => {
    expect(toProblem(new Error('oops'))).toMatchObject({ status: 500, code: 'PREFISH_SERVER_INTERNAL' });
    expect(fromProblem({ ...toProblem(new Error('x')), code: 'PREFISH_FROM_THE_FUTURE' as never }).code).toBe(
      'PREFISH_SERVER_REFUSED',
    );
  });

  test('is recognised by its mark, not by its class', () => {
    expect(isPrefishError(new PrefishError('PREFISH_USAGE', 'x'))).toBe(true);
    expect(isPrefishError(Object.assign(new Error('x'), { code: 'PREFISH_USAGE' }))).toBe(false);
  });
});
