import type { Writable } from 'node:stream';
import type { Host } from '@prefish/core';
import { Output } from './output.ts';

/** A {@link Host} for programs. */
export interface JsonHost extends Host {
  /** Writes one more JSON line: the `data` of a command. */
  print(value: unknown): void;
}

/**
 * Presents events to a program: one JSON event a line on `stdout` and nothing else there. A reader
 * that goes away is no error.
 */
export function createJsonHost(stdout: Writable): JsonHost {
  const output = new Output({ stdout, stderr: stdout }, () => false);
  const print = (value: unknown): void => output.write(`${JSON.stringify(value)}\n`);
  return { event: print, print, drain: () => output.drain() };
}
