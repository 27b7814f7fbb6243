import { sanitizeLabel, textWidth, truncate, type Style } from '@prefish/screen';
import type { LineOwner } from './line-editor.ts';

const colors = ['yellow', 'magenta', 'blue', 'green'] as const;

/** What stands in a prompt besides its arrow. */
export interface PromptParts {
  /** Who will take the line, in whose colour it is. */
  readonly owner: LineOwner | undefined;
  /** The token of a sticky prefix. */
  readonly token: string | undefined;
  /** The folder, where it is said. */
  readonly folder: string | undefined;
}

/** The prompt: it leaves most of `columns` to the line. */
export function promptFor(style: Style, { owner, token, folder }: PromptParts, columns: number): string {
  const paint = painter(style, owner);
  const parts = [
    ...(folder === undefined ? [] : [style.dim(shortened(folder, Math.min(30, Math.floor(columns / 3))))]),
    ...(token === undefined ? [] : [paint(token)]),
    paint('❯'),
  ];
  return `${parts.join(' ')} `;
}

/** The end of a path, in at most `columns`. */
function shortened(path: string, columns: number): string {
  const names = sanitizeLabel(path).split('/');
  for (let left = names.length; left > 1; left--) {
    const end = names.slice(-left).join('/');
    const shown = left === names.length ? end : `…/${end}`;
    if (textWidth(shown) <= columns) return shown;
  }
  const name = names.at(-1)!;
  return truncate(names.length === 1 || textWidth(name) + 2 > columns ? name : `…/${name}`, columns);
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
