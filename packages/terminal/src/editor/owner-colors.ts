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
  const arrow = paint('❯');
  return active === undefined ? `${arrow} ` : `${paint(active.token)} ${arrow} `;
}

/** What stands before the further lines of a text, below its prompt: a row that was only wrapped has none. */
export function furtherFor(style: Style, prompt: string): string {
  return `${' '.repeat(Math.max(0, textWidth(prompt) - 2))}${style.dim('·')} `;
}

/** The name of who will take the line, for the row below it: short, because a terminal made narrower wraps long ones. */
export function labelOf(owner: LineOwner | undefined, style: Style): string[] {
  return owner?.label === undefined ? [] : [`  ${painter(style, owner)(owner.label)}`];
}

function painter(style: Style, owner: LineOwner | undefined): (text: string) => string {
  return style[owner === undefined ? 'cyan' : colors[owner.index % colors.length]!];
}
