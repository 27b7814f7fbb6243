import type { PrefishError } from '@prefish/core';
import { describe, expect, test } from 'vitest';
import { unsteadyServer } from './unsteady-server.ts';

describe('a line that cannot run in a task', () => {
  test.each([
    ['& npm test', 'PREFISH_NO_OWNER', '& !npm test'],
    ['&', 'PREFISH_USAGE', '!npm test'],
    ['&   ', 'PREFISH_USAGE', '!npm test'],
    ['& & !true', 'PREFISH_TELEPORT_NESTED', '&'],
    ['& --frob !true', 'PREFISH_OPTION_UNKNOWN', '--'],
    ['& --attempts 0 !true', 'PREFISH_USAGE', ''],
    ['& --timeout 5m !true', 'PREFISH_USAGE', '--timeout 300'],
    ['& --timeout 0 !true', 'PREFISH_USAGE', '--timeout 300'],
    ['& --carry ../x !true', 'PREFISH_USAGE', ''],
  ])('%s is refused before anything is sent', async (line, code, hint) => {
    await using t = await unsteadyServer();
    await using prefish = await t.openShell();
    const { result, exit } = await prefish.submit(line, { origin: 'script' });
    expect(result).toMatchObject({ code });
    expect(`${(result as PrefishError).hint ?? ''}`).toContain(hint);
    expect(exit).toEqual({ code: 2 });
    expect(await t.client.list()).toMatchObject({ tasks: [] });
  });

  test('nor does any line inside a task', async () => {
    await using t = await unsteadyServer();
    await using prefish = await t.openShell();
    prefish.shell.session.setEnv({ ...prefish.shell.session.env, PREFISH_TASK: 'tabc' });
    expect(await prefish.submit('& !true', { origin: 'script' })).toMatchObject({
      exit: { code: 2 },
      result: { code: 'PREFISH_TELEPORT_NESTED' },
    });
  });
});
