import { isUtf8Locale } from '@prefish/screen';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the terminal and whoever reads it can do with what is printed. */
export interface Abilities {
  /** Whether a row may be drawn again. Without it everything is printed once, and questions are answered by number. */
  readonly redraws: boolean;
  /** Whether signs that are not ASCII can be shown. */
  readonly utf8: boolean;
  /** Whether the row with the cursor is wrapped, as all others are, when it becomes narrower. */
  readonly wrapsCursorRow: boolean;
}

/**
 * Reads the environment: `TERM=dumb` moves no cursor, `PREFISH_SCREEN_READER` (anything but `0`) says
 * that a screen reader reads out whatever changes, the locale names the characters, and the
 * terminal of VS Code cuts the row with the cursor, for a shell to draw it again (`reflowCursorLine` of xterm.js).
 */
export function abilitiesOf(env: Environment): Abilities {
  const reader = env['PREFISH_SCREEN_READER'] ?? '';
  const isReadOut = reader !== '' && reader !== '0';
  // The console of Linux has the characters of its font alone.
  return {
    redraws: env['TERM'] !== 'dumb' && !isReadOut,
    utf8: isUtf8Locale(env) && env['TERM'] !== 'linux',
    wrapsCursorRow: env['TERM_PROGRAM'] !== 'vscode',
  };
}
