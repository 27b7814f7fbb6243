import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventBody } from '@prefish/protocol';
import { createTaskHost, type TaskHost } from '../fixtures/task-host.ts';
import { needs } from '../../../../test/support/needs.ts';

needs('bubblewrap');

let host: TaskHost;
beforeEach(() => {
  host = createTaskHost();
});
afterEach(() => host.remove());

/** Runs a line that says `ready` and then waits for the file `renewed`, which is made once `meanwhile` is done. */
async function runWhile(line: string, meanwhile: () => void, options = {}, path?: string): Promise<string> {
  let said = '';
  const listen = (events: readonly EventBody[]): void => {
    const before = said.includes('ready');
    for (const event of events) if (event.type === 'output') said += event.text;
    if (!before && said.includes('ready')) meanwhile();
  };
  await host.run(await host.submit(line, { options, ...(path !== undefined && { path }) }), {
    onEvents: listen,
  });
  return said;
}

/** Writes a file as programs do that renew one: whole, under another name first. */
function renew(file: string, content: string): void {
  writeFileSync(`${file}.new`, content);
  renameSync(`${file}.new`, file);
}

describe('a folder with credentials in it', () => {
  it('shows none of them, renewed or not, and everything else as it is', async () => {
    const tools = join(host.home, 'tools');
    for (const folder of ['bin', 'lib/deep']) mkdirSync(join(tools, folder), { recursive: true });
    writeFileSync(join(tools, 'bin/hello'), '#!/bin/sh\necho hello\n', { mode: 0o755 });
    writeFileSync(join(tools, '.npmrc'), 'hush\n');
    writeFileSync(join(tools, 'lib/deep/auth.json'), 'hush\n');
    writeFileSync(join(tools, 'lib/deep/plain'), 'plain\n');
    symlinkSync('lib/deep/plain', join(tools, 'link'));
    const look = 'cat ~/tools/.npmrc ~/tools/lib/deep/auth.json; grep -rs hush ~/tools; true';
    const line = `hello; cat ~/tools/link; ls ~/tools; ${look}; echo ready; until [ -e ~/tools/bin/renewed ]; do sleep 0.02; done; ${look}; touch ~/tools/x 2>/dev/null || echo read-only`;
    const said = await runWhile(
      line,
      () => {
        for (const name of ['.npmrc', 'lib/deep/auth.json']) renew(join(tools, name), 'hush\n');
        writeFileSync(join(tools, 'bin/renewed'), '');
      },
      {},
      `${tools}/bin:/usr/bin:/bin`,
    );
    expect(said).not.toContain('hush');
    expect(said).toContain('hello\nplain\nbin\nlib\nlink\n');
    expect(said).toContain('read-only');
  });

  it('that may be written in takes changes of what it shows, and nothing new beside a credential', async () => {
    const granted = join(host.home, 'granted');
    mkdirSync(join(granted, 'sub'), { recursive: true });
    writeFileSync(join(granted, '.env'), 'hush\n');
    const line = `cd ${granted}; echo x > sub/file; echo y > new || echo nothing new; cat .env; echo ready; until [ -e sub/renewed ]; do sleep 0.02; done; cat .env`;
    const said = await runWhile(
      line,
      () => {
        renew(join(granted, '.env'), 'hush\n');
        writeFileSync(join(granted, 'sub/renewed'), '');
      },
      { mounts: [{ path: granted, writable: true }] },
    );
    expect(said).not.toContain('hush');
    expect(said).toContain('nothing new');
    expect(readFileSync(join(granted, 'sub/file'), 'utf8')).toBe('x\n');
  });

  it('that has thousands of entries takes no time, and shows what it shows', async () => {
    const granted = join(host.home, 'granted');
    mkdirSync(granted);
    for (let number = 0; number < 3000; number += 1) writeFileSync(join(granted, `${number}`), '');
    writeFileSync(join(granted, '.env'), 'hush\n');
    const line = `cd ${granted}; ls | wc -l; cat .env`;
    const said = await runWhile(line, () => {}, { mounts: [{ path: granted, writable: false }] });
    expect(said).not.toContain('hush');
    expect(said).toContain('3000\n');
  });
});
