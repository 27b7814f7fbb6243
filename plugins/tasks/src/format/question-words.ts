import type { Task, TaskSource } from '@prefish/core';
import { sanitizeLabel } from '@prefish/screen';
import type { Asked } from '../open-question.ts';
import { referenceTo } from './task-status.ts';

/** What a task asks, its choices by their numbers, and how it is answered. */
export function questionWords(task: Task, { text, choices }: Asked, sources: readonly TaskSource[]): string {
  const offered = choices.map((choice, index) => `  ${index + 1} ${sanitizeLabel(choice)}`);
  const [first] = choices;
  const answer = first === undefined ? '…' : /^[a-z]{1,20}$/i.test(first) ? first.toLowerCase() : '1';
  const command = `  prefish tasks answer ${referenceTo(task, sources)} ${answer}`;
  return [`? ${sanitizeLabel(text)}`, ...offered, command].join('\n');
}
