import { StringDecoder } from 'node:string_decoder';
import { expect, test } from 'vitest';
import { createSanitizer, sanitize } from '../../src/index.ts';
import { Emulator } from '../support/emulator.ts';
import { payloads } from '../support/payloads.ts';

const before = 'above\nleft ';
const after = ' right\nbelow';

/** What a terminal shows, and what else it was made to do. */
async function effects(text: string): Promise<{ lines: string[]; hidden: number; done: readonly string[] }> {
  const screen = new Emulator(60, 12);
  await screen.write(text.replaceAll('\n', '\r\n'));
  return { lines: screen.lines, hidden: screen.hiddenCells, done: screen.sideEffects };
}

function withoutColours(text: string): string {
  return text.replaceAll(/\x1b\[[0-9;:]*m/g, '');
}

test('the emulator would notice: without the sanitiser payloads do more', async () => {
  const driven = await Promise.all(
    payloads.map(async ([, input]) => {
      const { lines, hidden, done } = await effects(before + input + after);
      const meant = await effects(before + withoutColours(sanitize(input)) + after);
      return done.length > 0 || hidden > 0 || JSON.stringify(lines) !== JSON.stringify(meant.lines);
    }),
  );
  expect(driven.filter(Boolean).length).toBeGreaterThan(20);
});

test.each(payloads)('%s: nothing but colours reaches the screen', async (_name, input) => {
  const safe = sanitize(input);
  const shown = await effects(before + safe + after);
  expect(shown).toEqual(await effects(before + withoutColours(safe) + after));
  expect(shown).toMatchObject({ hidden: 0, done: [] });
});

test('nor does it in bytes, as UTF-8 or with 8-bit controls, cut at each of them', async () => {
  const bytes = Buffer.concat(
    payloads.flatMap(([, input]) => [Buffer.from(input), Buffer.from('\n'), Buffer.from(input, 'latin1')]),
  );
  const decoder = new StringDecoder('utf8');
  const sanitizer = createSanitizer();
  let safe = '';
  for (const byte of bytes) safe += sanitizer.write(decoder.write(Buffer.of(byte)));
  safe += sanitizer.write(decoder.end()) + sanitizer.end();
  expect(safe).toBe(sanitize(bytes.toString('utf8')));
  const shown = await effects(before + safe + after);
  expect(shown).toEqual(await effects(before + withoutColours(safe) + after));
  expect(shown).toMatchObject({ hidden: 0, done: [] });
});

test('a hundred megabytes of it are reduced, and what follows is shown', () => {
  const round = payloads.map(([, input]) => input).join('\x1b\\\x1b[0m\n');
  const chunk = round.repeat(Math.ceil(1_000_000 / round.length));
  const sanitizer = createSanitizer();
  let shown = 0;
  for (let written = 0; written < 100_000_000; written += chunk.length)
    shown += sanitizer.write(chunk).length;
  expect(shown).toBeGreaterThan(1_000_000);
  expect(sanitizer.write('the end')).toContain('the end');
});
