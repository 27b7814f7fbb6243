import type { Shell } from '@prefish/core';
import { expect, onTestFinished } from 'vitest';
import type { MemorySource } from './memory-source.ts';
import { keys, Person } from './person.ts';
import { open } from './run.ts';

/** The list, in front of a person. */
export interface OpenList {
  readonly person: Person;
  readonly shell: Shell;
  /** Resolves once the list is closed. */
  readonly closed: ReturnType<Shell['submit']>;
  /** Closes it, and says what came of the line that opened it. */
  close(): Promise<unknown>;
}

/** Opens the list and waits until it shows something. */
export async function browse(
  sources: readonly MemorySource[],
  person: Person = new Person(),
): Promise<OpenList> {
  const { shell } = await open(sources, person.host);
  onTestFinished(() => shell.close());
  const closed = shell.submit('/tasks', { origin: 'typed' });
  await expect.poll(() => person.screen.join('\n')).toMatch(/sessions?|No background/);
  const close = async (): Promise<unknown> => {
    person.press(keys.escape);
    return (await closed).result;
  };
  return { person, shell, closed, close };
}

/** The row that is selected, or ''. */
export const selected = (person: Person): string => person.screen.find((line) => /^. > /.test(line)) ?? '';

/** What a task has that ended so many minutes into the year. */
export function ended(minutes: number): { endedAt: string } {
  return { endedAt: new Date(Date.parse('2026-01-01T00:00:00.000Z') + minutes * 60_000).toISOString() };
}
