import { appendFile, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Transcript } from '../../src/transcript/transcript.ts';
import { temporaryFolder } from '../agent-shell.ts';

async function newTranscript(): Promise<Transcript> {
  return new Transcript(join(await temporaryFolder(), 'below', 'one.jsonl'));
}

test('what is said is on disk while the agent talks, for its owner alone', async () => {
  const transcript = await newTranscript();
  transcript.add({ type: 'message', role: 'user', text: 'hi' });
  await expect.poll(() => readFile(transcript.file, 'utf8').catch(() => '')).toContain('"hi"');
  expect((await stat(transcript.file)).mode & 0o777).toBe(0o600);
});

test('pieces of a message are one; a line that a crash left half-written is none', async () => {
  const transcript = await newTranscript();
  for (const text of ['a', 'b']) transcript.add({ type: 'message', role: 'agent', text });
  await transcript.flush();
  transcript.add({ type: 'message', role: 'agent', text: 'c' });
  transcript.add({ type: 'tool', title: 'Edit x', status: 'failed' });
  await transcript.flush();
  await appendFile(transcript.file, '{"type":"message","role":"ag');
  const next = new Transcript(transcript.file);
  next.add({ type: 'message', role: 'user', text: 'd' });
  expect(await next.read()).toEqual([
    { type: 'message', role: 'agent', text: 'abc' },
    { type: 'tool', title: 'Edit x', status: 'failed' },
    { type: 'message', role: 'user', text: 'd' },
  ]);
});

test('it is bounded: the oldest goes', async () => {
  const transcript = await newTranscript();
  for (let index = 0; index < 30; index++) {
    transcript.add({ type: 'message', role: 'user', text: `${index} ${'x'.repeat(100_000)}` });
    await transcript.flush();
  }
  expect((await stat(transcript.file)).size).toBeLessThan(2.2 * 1024 * 1024);
  const entries = await transcript.read();
  expect(entries.at(-1)).toMatchObject({ text: expect.stringMatching(/^29 /) });
  expect(entries[0]).not.toMatchObject({ text: expect.stringMatching(/^0 /) });
});

test('a message that is longer than all that is kept leaves its end, and what comes after it', async () => {
  const transcript = await newTranscript();
  transcript.add({ type: 'message', role: 'user', text: 'x'.repeat(3_000_000) });
  transcript.add({ type: 'message', role: 'agent', text: `${'y'.repeat(3_000_000)} the end` });
  await transcript.flush();
  expect((await stat(transcript.file)).size).toBeLessThan(2.2 * 1024 * 1024);
  transcript.add({ type: 'message', role: 'user', text: 'z'.repeat(3_000_000) });
  expect(await transcript.read()).toMatchObject([
    { role: 'agent', text: expect.stringMatching(/y the end$/) },
    { role: 'user', text: expect.stringMatching(/^z+\n…$/) },
  ]);
});

test('what cannot be written is told to who waits for it', async () => {
  const folder = await temporaryFolder();
  await appendFile(join(folder, 'file'), '');
  const transcript = new Transcript(join(folder, 'file', 'one.jsonl'));
  transcript.add({ type: 'message', role: 'user', text: 'hi' });
  await expect(transcript.flush()).rejects.toThrow();
});
