import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Event } from '@prefish/core';
import { sanitizeLabel } from '@prefish/screen';
import { transcriptFiles } from './transcript.ts';

/** So much of the end of a transcript is looked at, in bytes. */
const tailBytes = 64 * 1024;
/** Programs say what was wrong, and then where to read more about it: so many rows from the end are looked at. */
const lastRows = 10;
/** A row is cut behind so many characters. */
const rowLength = 200;

/** What was printed over: a spinner, for instance. */
const rewritten = /^.*(?:\r|\x1b\[1?G)/;
/** Says what is wrong in a few words: `error code 2` alone does not. */
const complaint = /error\b\W*(?:\S+\s+){2}\S|fatal|not found|denied/i;

/** Of what a program printed last, the row that says why it failed: the first that speaks of an error, else the last. `''` for none. */
export function tellingRow(folder: string): string {
  const rows = lastOutput(folder)
    .split('\n')
    .map((row) => sanitizeLabel(row.replace(/\r+$/, '').replace(rewritten, '')).trim())
    .filter((row) => row !== '')
    .slice(-lastRows);
  return (rows.find((row) => complaint.test(row)) ?? rows.at(-1) ?? '').slice(0, rowLength);
}

function lastOutput(folder: string): string {
  const [, current] = transcriptFiles(folder);
  let fd: number | undefined;
  try {
    fd = openSync(current, 'r');
    const { size } = fstatSync(fd);
    const tail = Buffer.alloc(Math.min(size, tailBytes));
    readSync(fd, tail, 0, tail.length, size - tail.length);
    const lines = tail.toString().split('\n');
    // What was cut at its beginning is no event.
    if (tail.length < size) lines.shift();
    const events = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Event);
    return events.map((event) => (event.type === 'output' ? event.text : '')).join('');
  } catch {
    // How it ended is told all the same.
    return '';
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
