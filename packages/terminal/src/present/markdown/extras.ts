import { createSupportsHyperlinks } from 'supports-hyperlinks';
import type { Style } from '@prefish/screen';
import { highlighter, type LineHighlighter } from './highlight.ts';
import { showLink } from './links.ts';

/** What an answer is shown with beside its words: loaded once an agent speaks, for no other line needs it. */
export interface MarkdownExtras {
  highlighter(language: string): LineHighlighter | undefined;
  showLink(text: string, target: string): ReturnType<typeof showLink>;
}

export function createMarkdownExtras(style: Style): MarkdownExtras {
  const hyperlinks = knowsHyperlinks();
  return {
    highlighter: (language) => highlighter(language, style),
    showLink: (text, target) => showLink(text, target, { style, hyperlinks }),
  };
}

/** tmux passes links on since 3.4, and hides the terminal that it runs in: what else the variables say is of another. */
function knowsHyperlinks(): boolean {
  const { env } = process;
  if (env['FORCE_HYPERLINK'] === undefined && env['TMUX'] !== undefined) {
    const [major = 0, minor = 0] = (env['TERM_PROGRAM_VERSION'] ?? '')
      .split('.')
      .map((part) => Number.parseInt(part, 10));
    return env['TERM_PROGRAM'] === 'tmux' && (major > 3 || (major === 3 && minor >= 4));
  }
  return createSupportsHyperlinks({ isTTY: true } as NodeJS.WriteStream);
}
