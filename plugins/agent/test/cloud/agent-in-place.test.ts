import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { AcpAgentSpec } from '../../src/agent-spec.ts';
import { agentInPlace } from '../../src/cloud/agent-in-place.ts';

/** A folder with these programs in it. */
function folderWith(...names: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'prefish-agents-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of names) {
    writeFileSync(join(folder, name), '#!/bin/sh\n');
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

const opencode: AcpAgentSpec = {
  kind: 'acp',
  id: 'opencode',
  name: 'opencode',
  file: '/home/ada/bin/opencode',
  args: ['acp'],
  env: {},
};

test('a program that is where it was stays', () => {
  const folder = folderWith('opencode');
  const agent = { ...opencode, file: join(folder, 'opencode') };
  expect(agentInPlace(agent, { PATH: '/nowhere' })).toBe(agent);
});

test('one of another machine is found on the PATH of this one, with its model and mode', () => {
  const folder = folderWith('opencode', 'my-agent');
  const env = { PATH: folder };
  expect(agentInPlace({ ...opencode, mode: 'plan' }, env)).toMatchObject({
    file: join(folder, 'opencode'),
    mode: 'plan',
  });
  const own = {
    kind: 'exec',
    id: 'my-agent',
    name: 'my-agent',
    file: '/opt/my-agent',
    args: ['{prompt}'],
  } as const;
  expect(agentInPlace(own, env)).toEqual({ ...own, file: join(folder, 'my-agent') });
});

test('one that is not there is missed by its name, with what brings it', () => {
  expect(() => agentInPlace(opencode, { PATH: folderWith() })).toThrow(
    expect.objectContaining({ code: 'PREFISH_AGENT_MISSING', hint: expect.stringMatching(/^There: /) }),
  );
});
