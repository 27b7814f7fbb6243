import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { sandboxHome, type SandboxHome } from '../support/sandbox-home.ts';

const bytes = randomBytes(1024 * 1024);

/** What the built command writes, byte for byte. */
async function written(
  t: SandboxHome,
  args: readonly string[],
  input = '',
): Promise<{ readonly stdout: Buffer; readonly stderr: Buffer }> {
  await writeFile(join(t.home, 'x.png'), bytes);
  const child = t.spawn(args);
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([buffer(child.stdout), buffer(child.stderr)]);
  return { stdout, stderr };
}

test.each(['-c', 'standard input'])(
  'what a program of a line prints goes out byte for byte: %s',
  async (way) => {
    await using t = await sandboxHome();
    const line = '!cat x.png; cat x.png >&2';
    const { stdout, stderr } =
      way === '-c' ? await written(t, ['-c', line]) : await written(t, [], `${line}\n`);
    expect(stdout.equals(bytes)).toBe(true);
    expect(stderr.equals(bytes)).toBe(true);
  },
);

test('bytes of programs and words of prefish keep their order', async () => {
  await using t = await sandboxHome();
  const lines = ["!printf '\\377\\n'", '# a note', "!printf '\\376'"];
  const { stdout } = await written(
    t,
    lines.flatMap((line) => ['-c', line]),
  );
  expect(stdout.toString('latin1')).toMatch(/^\xff\n.*AGENTS\.md.*\n\xfe$/s);
});

test('a reader that stops reading ends the flow of bytes', async () => {
  await using t = await sandboxHome();
  const child = t.spawn(['-c', '!cat /dev/urandom']);
  child.stdin.end();
  child.stdout.once('data', () => child.stdout.destroy());
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect(code).toBe(141);
});

test('--json has text: what is no text is replaced in it', async () => {
  await using t = await sandboxHome();
  const run = await t.prefish(['--json', '-c', "!printf 'a\\377b'"]);
  expect(run.events()).toContainEqual(
    expect.objectContaining({ type: 'output', stream: 'stdout', text: 'a\uFFFDb' }),
  );
});
