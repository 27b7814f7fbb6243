import { once } from 'node:events';
import { expect, test } from 'vitest';
import { processesWithEnvironment } from '../support/processes.ts';
import { ended, sandboxHome } from '../support/sandbox-home.ts';
import { until } from '../support/until.ts';

test('cancel ends the line that runs, and the next one runs', async () => {
  await using t = await sandboxHome();
  const child = t.spawn(['--json', '--input-json', '-c', '!echo ready; sleep 1000', '-c', '!echo after']);
  await once(child.stdout, 'data');
  child.stdin.write('{"type":"cancel"}\n');
  const run = await ended(child);
  expect(run.events().filter(({ type }) => type === 'exit')).toMatchObject([{}, { code: 0 }]);
  expect(run.events().find(({ type }) => type === 'exit')).not.toMatchObject({ code: 0 });
  expect(run.stdout).toContain('after');
});

test('a line that is not understood is a warning', async () => {
  await using t = await sandboxHome();
  const child = t.spawn(['--json', '--input-json', '-c', '!read -r -t 5 < <(sleep 0.3); echo end']);
  child.stdin.end('nonsense\n');
  const events = (await ended(child)).events();
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'warning', message: expect.stringContaining('Line 1') }),
  );
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
});

test('outside a task the end of the input ends nothing', async () => {
  await using t = await sandboxHome();
  const run = await t.prefish(['--json', '--input-json', '-c', '!echo end']);
  expect(run).toMatchObject({ code: 0 });
});

test('in a task the end of the input means that nobody is left: everything ends', async () => {
  await using t = await sandboxHome();
  const child = t.spawn(['--json', '--input-json', '-c', '!echo ready; setsid sleep 1000 & sleep 1000'], {
    env: { PREFISH_TASK: 'tabcdefghjkmnpqr' },
  });
  await once(child.stdout, 'data');
  child.stdin.end();
  expect((await ended(child)).code).toBe(129);
  await until(
    async () => (await processesWithEnvironment(`PREFISH_HOME=${t.prefishHome}`)).length === 0,
    'sleep to end',
  );
});
