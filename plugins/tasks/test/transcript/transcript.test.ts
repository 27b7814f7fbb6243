import type { EventBody, EventRenderer } from '@prefish/core';
import { createStyle } from '@prefish/screen';
import { expect, test } from 'vitest';
import { createPlainRenderer } from '../../src/transcript/plain-renderer.ts';
import { Transcript } from '../../src/transcript/transcript.ts';

const style = createStyle(false);
const out = (text: string): EventBody => ({ type: 'output', stream: 'stdout', text });

function transcriptOf(
  bodies: Iterable<EventBody>,
  limits = { events: 10, characters: 1000, lines: 100 },
  moved?: (line: number, by: number) => void,
): Transcript {
  const transcript = new Transcript(createPlainRenderer(style), { style, limits, moved });
  let seq = 0;
  for (const body of bodies) transcript.add({ seq: ++seq, at: '2026-01-01T00:00:00.000Z', ...body });
  return transcript;
}

function linesOf(transcript: Transcript): string[] {
  return Array.from({ length: transcript.end - transcript.first }, (_, line) =>
    transcript.at(transcript.first + line),
  );
}

test('what happens to the task stands between what it says', () => {
  const transcript = transcriptOf([
    { type: 'state', state: 'working' },
    out('unfinished'),
    { type: 'answer', id: 'q', choice: 'Yes', by: 'user' },
    { type: 'result', commit: 'c', branch: 'b', files: 2, insertions: 3, deletions: 0 },
    { type: 'exit', signal: 'SIGTERM' },
  ]);
  expect(linesOf(transcript)).toEqual([
    '· working',
    'unfinished',
    '· answered Yes',
    '· changed 2 files, +3 −0',
    '· killed by SIGTERM',
  ]);
});

test.each([
  ['events', Array.from({ length: 1000 }, () => out('x\n'))],
  ['characters', Array.from({ length: 1000 }, () => out(`${'x'.repeat(500)}\n`))],
  ['lines', Array.from({ length: 1000 }, () => out('\n'.repeat(90)))],
])('as much is kept as the limit of %s says, the newest', (_, events) => {
  const transcript = transcriptOf(events);
  expect(transcript.lastSeq).toBe(1000);
  expect(transcript.eventCount).toBeLessThanOrEqual(20);
  expect(transcript.end - transcript.first).toBeLessThanOrEqual(200);
  expect(linesOf(transcript).join('').length).toBeLessThanOrEqual(2000);
});

test('a place is found again in another part of the same transcript', () => {
  const bodies = Array.from({ length: 30 }, (_, index) => out(`${index} a\n${index} b\n`));
  const all = transcriptOf(bodies, { events: 100, characters: 10_000, lines: 1000 });
  const end = transcriptOf(bodies);
  expect(end.first).toBeGreaterThan(0);
  const line = end.first + 5;
  expect(all.at(all.lineAt(end.placeOf(line)))).toBe(end.at(line));
});

test('a tool call stands once, where it began, as it is now; open with what it printed', () => {
  const tool = (id: string, status: string, output?: string): EventBody => ({
    type: 'tool',
    id,
    title: `npm test ${id}`,
    status,
    detail: { output },
  });
  const moves: [number, number][] = [];
  const transcript = transcriptOf(
    [
      out('first\nunfinished'),
      tool('1', 'in_progress'),
      out('between\n'),
      tool('2', 'pending'),
      tool('1', 'failed', 'oh\nno'),
      tool('2', 'completed', 'fine'),
      { type: 'state', state: 'submitted' },
      tool('1', 'completed'),
    ],
    undefined,
    (line, by) => moves.push([line, by]),
  );
  const closed = [
    'first',
    'unfinished',
    '· npm test 1 failed',
    '  oh',
    '  no',
    'between',
    '· npm test 2 completed',
    '· submitted',
    '· npm test 1 completed',
  ];
  expect(linesOf(transcript)).toEqual(closed);
  expect(moves).toEqual([[3, 2]]);
  const opened = transcript.drawnBy(createPlainRenderer(style), true);
  expect(linesOf(opened)).toEqual(closed.toSpliced(7, 0, '  fine'));
  expect(linesOf(opened.drawnBy(createPlainRenderer(style), false))).toEqual(closed);
});

test('a tool call of which nothing is to be seen yet stands where there is', () => {
  const renderer: EventRenderer = {
    ...createPlainRenderer(style),
    tool: ({ status }) => (status === 'pending' ? '' : `${status}\n`),
  };
  const transcript = new Transcript(renderer, { style });
  const call = { type: 'tool', id: '1', title: 'rm -r old' } as const;
  const bodies: readonly EventBody[] = [
    { ...call, status: 'pending' },
    out('asked\n'),
    { ...call, status: 'in_progress' },
    out('does it\n'),
    { ...call, status: 'completed' },
  ];
  for (const [index, body] of bodies.entries()) transcript.add({ seq: index + 1, at: '', ...body });
  expect(linesOf(transcript)).toEqual(['asked', 'completed', 'does it']);
});
