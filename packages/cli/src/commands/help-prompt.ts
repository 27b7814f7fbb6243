import type { Outcome } from '@prefish/core';
import { beside, type Row } from './help-layout.ts';

const line: readonly Row[] = [
  {
    name: 'Enter',
    summary: 'runs the line, or goes on with one that lacks its end; queues it while another one runs',
  },
  { name: 'Alt+Enter, Ctrl+J', summary: 'begins another row of the same line' },
  {
    name: 'Tab',
    summary: 'completes, or takes a word of the dim suggestion; /, @ and ? offer by themselves',
  },
  { name: '↑ ↓', summary: 'walk through earlier lines; on an empty line, ↑ takes back the last queued one' },
  { name: 'Ctrl+R', summary: 'searches earlier lines' },
  { name: '→, End', summary: 'take the dim suggestion; Alt+F takes a word of it' },
  { name: 'two spaces', summary: 'behind a token keep the line out of the history' },
  { name: 'Ctrl+X Ctrl+E', summary: 'edits the line in $EDITOR' },
  { name: 'Ctrl+A Ctrl+E', summary: 'go to its begin and end; Alt+B and Alt+F by words' },
  { name: 'Ctrl+U Ctrl+K Ctrl+W', summary: 'delete to its begin, to its end, a word; Ctrl+Y brings it back' },
  { name: 'Ctrl+_', summary: 'takes back the last edit' },
  { name: 'Ctrl+L', summary: 'empties the screen' },
];

const running: readonly Row[] = [
  { name: 'Esc', summary: 'stops it; what is queued is next. At a sticky prefix, leaves that' },
  { name: 'Ctrl+C', summary: 'stops it, and holds what is queued; drops the line that is edited' },
  { name: 'Ctrl+Z', summary: 'stops prefish until fg' },
  { name: 'Ctrl+D', summary: 'leaves, from an empty line' },
];

const question: readonly Row[] = [
  { name: '1 to 9', summary: 'choose at once' },
  {
    name: 'letters, then Enter',
    summary: 'choose what begins with them; y and n answer a yes or no at once',
  },
  { name: 'Enter', summary: 'takes the marked choice, once it is marked' },
  { name: 'Tab', summary: 'turns to a question that came while a line was half-written' },
  { name: 'Esc', summary: 'answers nothing, and stops what asks' },
];

/** The keys of the prompt. */
export function helpPrompt(columns: number = Infinity): Outcome {
  const message = [
    'The line:',
    ...beside(line, columns),
    '',
    'While a line runs:',
    ...beside(running, columns),
    '',
    'A question:',
    ...beside(question, columns),
  ].join('\n');
  return { type: 'ok', message, data: { line, running, question } };
}
