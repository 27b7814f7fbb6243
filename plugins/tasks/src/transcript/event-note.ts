import type { Event } from '@prefish/core';
import { reasonWords } from '@prefish/protocol';
import { sanitizeLabel, type Style } from '@prefish/screen';
import { counted } from '../format/counted.ts';

/** What happened to a task that is no news where a line runs: a line of its transcript; `undefined` for all else. */
export function eventNote(event: Event, style: Style): string | undefined {
  const note = noteWords(event);
  return note === undefined ? undefined : style.dim(`· ${note}`);
}

function noteWords(event: Event): string | undefined {
  switch (event.type) {
    case 'state':
      return event.reason === undefined || event.reason === event.state
        ? event.state
        : `${event.state} (${sanitizeLabel(reasonWords(event.reason))})`;
    case 'answer':
      return `answered ${sanitizeLabel(event.choice)}`;
    case 'result':
      return `changed ${counted(event.files, 'file')}, +${event.insertions} −${event.deletions}`;
    case 'exit':
      return 'code' in event ? `exit ${event.code}` : `killed by ${sanitizeLabel(event.signal)}`;
    default:
      return undefined;
  }
}
