import { textWidth, type Style } from '@prefish/screen';
import type { ActivePrefix, LineOwner } from './line-editor.ts';

const colors = ['yellow', 'magenta', 'blue', 'green'] as const;

/** The prompt in the colour of who will take the line, behind the token of a sticky prefix. */
export function promptFor(
  style: Style,
  owner: LineOwner | undefined,
  active?: Pick<ActivePrefix, 'token'>,
): string {
  const paint = painter(style, owner);
  const arrow = paint(style.enabled ? '❯' : '>');
  return active === undefined ? `${arrow} ` : `${paint(active.token)} ${arrow} `;
}

/** `row` with the name of who will take the line at its right end, where there is room for both. */
export function withLabel(row: string, owner: LineOwner | undefined, columns: number, style: Style): string {
  if (owner === undefined) return row;
  // The last column stays free: a row that fills it would be two in a terminal made narrower.
  const gap = columns - 1 - textWidth(row) - textWidth(owner.label);
  return gap < 2 ? row : row + ' '.repeat(gap) + painter(style, owner)(owner.label);
}

function painter(style: Style, owner: LineOwner | undefined): (text: string) => string {
  return style[owner === undefined ? 'cyan' : colors[owner.index % colors.length]!];
}
