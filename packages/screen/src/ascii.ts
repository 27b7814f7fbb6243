/** What prefish draws with, and what stands for it where only ASCII can be shown: one column for one column. */
const substitutes: Readonly<Record<string, string>> = {
  '❯': '>',
  '…': '~',
  '·': '-',
  '•': '*',
  '→': '>',
  '←': '<',
  '↑': '^',
  '↓': 'v',
  '✓': '+',
  '✗': 'x',
  '○': 'o',
  '◐': '@',
  '●': '*',
  '│': '|',
  '─': '-',
  '┼': '+',
  '–': '-',
  '—': '-',
  '“': '"',
  '”': '"',
  '’': "'",
  '×': 'x',
  '⏎': '/',
  '−': '-',
  '↔': '-',
  '„': '"',
  '‘': "'",
  '«': '"',
  '»': '"',
  '▌': '|',
  '⠋': '|',
  '⠙': '/',
  '⠹': '-',
  '⠸': '\\',
  '⠼': '|',
  '⠴': '/',
  '⠦': '-',
  '⠧': '\\',
  '⠇': '|',
  '⠏': '/',
};
const pattern = new RegExp(`[${Object.keys(substitutes).join('')}]`, 'g');

/** `text` with prefish's own signs in ASCII. Whatever else is not ASCII was written by somebody, and stays. */
export function toAscii(text: string): string {
  return text.replaceAll(pattern, (sign) => substitutes[sign]!);
}

/** Whether the locale's characters are UTF-8 (POSIX: the first of these that is set and not empty; none is the C locale). */
export function isUtf8Locale(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || 'C';
  return /utf-?8/i.test(locale);
}
