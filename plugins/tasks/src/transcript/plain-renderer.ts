import type { Event, EventRenderer } from '@prefish/core';
import { createSanitizer, sanitize, sanitizeLabel, type Style } from '@prefish/screen';

/** Draws events in plain words, for a host that has no renderer. */
export function createPlainRenderer(style: Style): EventRenderer {
  const sanitizers = { stdout: createSanitizer(), stderr: createSanitizer() };
  let atLineStart = true;
  const follow = (text: string): string => {
    if (text !== '') atLineStart = text.endsWith('\n');
    return text;
  };
  return {
    event(event) {
      if (event.type === 'output') return follow(sanitizers[event.stream].write(event.text));
      if (event.type === 'message' && event.role === 'agent') return follow(sanitize(event.text));
      if (event.type === 'turn') return atLineStart ? '' : follow('\n');
      const words = wordsOf(event, style);
      return words === undefined ? '' : follow(`${atLineStart ? '' : '\n'}${words}\n`);
    },
    end: () => (atLineStart ? '' : follow('\n')),
    tool: (call, isOpen) => follow(`${callWords(call, isOpen, style)}\n`),
  };
}

function wordsOf(event: Event, style: Style): string | undefined {
  switch (event.type) {
    case 'message':
      return `${style.cyan('>')} ${sanitize(event.text)}`;
    case 'thought':
      return style.dim(sanitizeLabel(event.text));
    case 'tool':
      return callWords(event, false, style);
    case 'plan':
      return event.entries
        .map(({ text, status }) => `${status === 'completed' ? '●' : '○'} ${sanitizeLabel(text)}`)
        .join('\n');
    case 'question':
      return `${style.yellow('?')} ${sanitize(event.text)} ${style.dim(`(${event.choices.map(sanitizeLabel).join(' / ')})`)}`;
    case 'warning':
    case 'error': {
      const color = event.type === 'error' ? style.red : style.yellow;
      const hint = event.hint === undefined ? '' : `\n  hint: ${sanitize(event.hint)}`;
      return `${color(`${event.type}:`)} ${sanitize(event.message)}${hint}`;
    }
    default:
      return undefined;
  }
}

function callWords(
  { title, status, detail }: Event & { readonly type: 'tool' },
  isOpen: boolean,
  style: Style,
): string {
  const { output } = (detail ?? {}) as { readonly output?: unknown };
  const isShown = typeof output === 'string' && (isOpen || status === 'failed');
  const rows = isShown ? sanitize(output).trimEnd().split('\n') : [];
  const head = style.dim(`· ${sanitizeLabel(title)} ${sanitizeLabel(status)}`);
  return [head, ...rows.map((row) => style.dim(`  ${row}`))].join('\n');
}
