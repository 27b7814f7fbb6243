/**
 * What takes back what a program that goes on elsewhere, or was killed, may have set on the screen: colours, a hidden
 * cursor, mouse reports, application keys, and where it draws full screens the alternate one.
 */
export function resetScreen(isFullScreen: boolean): string {
  const alternate = isFullScreen ? '\x1b[?1049l' : '';
  return `${alternate}\x1b[0m\x1b[?25h\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[?1l\x1b>`;
}
