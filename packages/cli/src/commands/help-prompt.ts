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

/** A program behind `!` has the terminal, and all keys but these. */
function program(backgroundKey: string | false): readonly Row[] {
  const toBackground = 'sends it to the background, where /tasks lists it';
  return [
    ...(backgroundKey === false
      ? []
      : [
          {
            name: backgroundKey.replace(/^ctrl\+(.)$/i, (_, key: string) => `Ctrl+${key.toUpperCase()}`),
            summary: `${toBackground}; pressed twice, it is the program's`,
          },
        ]),
    { name: 'Ctrl+C', summary: 'interrupts it, as in any terminal' },
    { name: 'Ctrl+Z', summary: `${toBackground}, where it would stop` },
    {
      name: 'Esc',
      summary: "is the program's, as everything else is; what it does not read is the next line",
    },
  ];
}

/** The keys of the prompt. `backgroundKey`: that of the shell plugin, `ctrl+b`. */
export function helpPrompt(columns: number = Infinity, backgroundKey: string | false = 'ctrl+b'): Outcome {
  const inProgram = program(backgroundKey);
  const message = [
    'The line:',
    ...beside(line, columns),
    '',
    'While a line runs:',
    ...beside(running, columns),
    '',
    'While a program runs behind !, the keys are its own, but for:',
    ...beside(inProgram, columns),
    '',
    'A question:',
    ...beside(question, columns),
  ].join('\n');
  return { type: 'ok', message, data: { line, running, program: inProgram, question } };
}
