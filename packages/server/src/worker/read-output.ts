import type { Readable } from 'node:stream';
import type { EventBody } from '@prefish/protocol';
import type { EventWriter } from './event-writer.ts';
import { createLineSplitter, type SplitLine } from './line-splitter.ts';
import { readUntrusted } from './untrusted-event.ts';

/** The longest line that is read as an event, in bytes. */
const maxLineBytes = 1024 * 1024;

/**
 * Reads the event stream of an inner prefish to its end, as fast as the events can be written down. Lines
 * that are no events are taken for what they are: text that somebody printed.
 *
 * @returns the signal by which the line ended, if the stream claims one
 */
export async function readEvents(stdout: Readable, writer: EventWriter): Promise<string | undefined> {
  const splitter = createLineSplitter(maxLineBytes);
  let claimed: string | undefined;

  const take = (lines: readonly SplitLine[]): EventBody[] => {
    const events: EventBody[] = [];
    let text = '';
    const endText = (): void => {
      if (text !== '') events.push({ type: 'output', stream: 'stdout', text });
      text = '';
    };
    for (const line of lines) {
      const read = line.whole ? readUntrusted(line.text) : ({ kind: 'text' } as const);
      if (read.kind === 'text') text += line.whole ? `${line.text}\n` : line.text;
      if (read.kind === 'exit') claimed = read.signal;
      if (read.kind !== 'event') continue;
      endText();
      events.push(read.event);
    }
    endText();
    return events;
  };

  for await (const chunk of stdout as AsyncIterable<Buffer>) {
    const events = take(splitter.push(chunk));
    if (events.length > 0) await writer.push(events);
  }
  const rest = take(splitter.end());
  if (rest.length > 0) await writer.push(rest);
  return claimed;
}

/**
 * Takes what is written to a sandbox's standard error (its own complaints, or those of an inner prefish
 * that could not even speak events) for output.
 *
 * @returns the end of it
 */
export async function readComplaints(stderr: Readable, writer: EventWriter): Promise<string> {
  const decoder = new TextDecoder();
  let tail = '';
  const take = async (text: string): Promise<void> => {
    if (text === '') return;
    tail = (tail + text).slice(-2048);
    await writer.push([{ type: 'output', stream: 'stderr', text }]);
  };
  for await (const chunk of stderr as AsyncIterable<Buffer>)
    await take(decoder.decode(chunk, { stream: true }));
  await take(decoder.decode());
  return tail.trim();
}
