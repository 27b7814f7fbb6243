import { sanitize, sanitizeLabel } from '@prefish/screen';
import { closes, movement, runScreen, type StyledSurroundings } from './screen.ts';
import { ScrollView } from './scroll.ts';

/** Shows a long text, a diff for instance, page by page, from its beginning, until Esc. */
export function showPages(title: string, text: string, surroundings: StyledSurroundings): Promise<void> {
  const { style } = surroundings;
  const lines = sanitize(text).replace(/\n$/, '').split('\n');
  const scroll = new ScrollView(0);
  const pages = { first: 0, end: lines.length, at: (line: number) => lines[line]! };
  return runScreen<void>({
    ...surroundings,
    alternate: true,
    draw: ({ columns, rows }) => {
      const seen = scroll.rows(pages, columns, rows - 4).map(({ text: row }) => row);
      const blank = Array.from({ length: Math.max(0, rows - 4 - seen.length) }, () => '');
      const foot = style.dim('↑/↓ to scroll · Esc to go back');
      return { rows: [style.bold(sanitizeLabel(title)), '', ...seen, ...blank, '', foot] };
    },
    press: (key, leave) => {
      if (closes(key) || key.name === 'return') return leave();
      const by = movement(key, scroll.page);
      if (by !== undefined) scroll.scroll(by);
    },
    live: async () => {},
  });
}
