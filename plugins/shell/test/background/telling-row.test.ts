import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tellingRow } from '../../src/background/telling-row.ts';

test.each([
  [
    'of npm what is missing, without its spinner',
    '⠙\x1b[1G\x1b[0K\x1b[31mnpm error\x1b[39m Missing script: "nothing"\r\nnpm error\r\nnpm error A complete log\r\n',
    'npm error Missing script: "nothing"',
  ],
  [
    'no code alone',
    'npm error code ENOENT\nnpm error enoent Could not read package.json\n',
    'npm error enoent Could not read package.json',
  ],
  [
    'of a traceback the end',
    'Traceback (most recent call last):\n  File "a.py", line 1\nKeyError: 7\n',
    'KeyError: 7',
  ],
  ['else the last row', 'one\n\ntwo\n\n', 'two'],
  ['nothing of nothing', '', ''],
])('%s', (_, text, row) => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'prefish-telling-'));
  const event = { seq: 1, at: '2026-01-01T00:00:00.000Z', type: 'output', stream: 'stdout', text };
  writeFileSync(join(folder.path, 'events.jsonl'), `${JSON.stringify(event)}\n`);
  expect(tellingRow(folder.path)).toBe(row);
});
