import type { Dialect } from './dialect.ts';

/**
 * fish 3.2 and later: folder and exported variables last. It reads the user's configuration for each line, as
 * `fish -c` does, so that their functions and abbreviations are there without more.
 */
export const fish: Dialect = {
  lasts: 'the folder and exported variables',
  syntax: {
    args: (text) => ['--no-config', '--no-execute', '-c', text],
    lacksEnd: (said) =>
      /^fish: (?:Unexpected end of string|Missing end to balance|Expected .*found end of the input)/.test(
        said,
      ),
  },
  args(line, { dump }) {
    if (dump === undefined) return ['-c', line.text];
    const save = [
      'function __prefish_save --on-event fish_exit',
      'set -l __prefish_status $status',
      'begin; printf "%s\\0%s\\0\\0" $__prefish_status $PWD; command env -0; printf "\\0\\0ok"; end ' +
        `>${quote(dump)} 2>/dev/null`,
      'end',
    ].join('; ');
    return ['-C', save, '-c', line.text];
  },
};

/** `text` as one word of fish, in whose single quotes a backslash escapes. */
function quote(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
}
