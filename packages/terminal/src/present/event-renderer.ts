import type { Event, EventRenderer } from '@prefish/core';
import { sanitizeLabel, type Style } from '@prefish/screen';
import { EventPresenter, type Presented } from './event.ts';
import { ToolPresenter } from './tool-presenter.ts';

/** Whose events are drawn, where they do not say: nothing of them is the user's own terminal's. */
const elsewhere = 'elsewhere';
const reset = '\x1b[0m';

/** A renderer that draws as {@link EventPresenter} prints, for whoever has the screen to itself. */
export async function createEventRenderer(style: Style, columns: number): Promise<EventRenderer> {
  const presenter = new EventPresenter(style, () => columns);
  await presenter.prepare();
  const tools = new ToolPresenter(style);
  let atLineStart = true;
  /** Whether a program has left a colour on. */
  let colored = false;
  const present = (event: Event): readonly Presented[] => {
    const { task = elsewhere, ...own } = event;
    const presented = presenter.present({ ...event, task });
    // Numbers alone, which are said at the end of a line that ran here.
    const isOfLine = event.type === 'usage' || event.type === 'exit';
    return isOfLine ? [...presented, ...presenter.present(own as Event)] : presented;
  };
  const textOf = (presented: readonly Presented[], isOutput: boolean): string => {
    let shown = '';
    for (const { text, continues } of presented) {
      if (text === '') continue;
      if (!isOutput && colored) shown += reset;
      if (!isOutput && continues !== true && !atLineStart) shown += '\n';
      shown += text;
      atLineStart = endsLine(text);
      colored = isOutput && leavesColor(text, colored);
    }
    return shown;
  };
  return {
    event: (event) => textOf(present(event), event.type === 'output'),
    end: () => textOf(presenter.close(), false),
    link: (url) => presenter.link(sanitizeLabel(url)),
    tool: (call, isOpen) => {
      atLineStart = true;
      colored = false;
      const text = tools.whole(call, isOpen);
      return text === '' ? '' : `${text}\n`;
    },
  };
}

function endsLine(text: string): boolean {
  return /\n(?:\x1b\[[0-9;:]*m)*$/.test(text);
}

function leavesColor(text: string, before: boolean): boolean {
  const start = text.lastIndexOf('\x1b[');
  return start === -1 ? before : !/^\x1b\[0*m/.test(text.slice(start));
}
