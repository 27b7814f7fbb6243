import { mistakeBehind, quoteForBackslash } from '../syntax/ends.ts';
import { quote, type Dialect } from './dialect.ts';

/** sh, dash, ksh and their like: folder and exported variables last. They need `env` to list variables. */
export const posix: Dialect = {
  lasts: 'the folder and exported variables',
  syntax: {
    args: (text) => ['-n', '-c', text],
    probes: (text) => [mistakeBehind(text), ...quoteForBackslash(text)],
    // The words of dash, busybox and bash; what stands behind a backquote is of the line.
    lacksEnd: (said, [behind = '', ending = '']) =>
      /^[^`\n]*(?:end[ -]of[ -]file|unexpected EOF|EOF in|unterminated|missing ')/im.test(said) ||
      (said === '' && (behind === '' || ending !== '')),
  },
  args(line, { dump }) {
    if (dump === undefined) return ['-c', line.command()];
    const save = `{ printf "%s\\0%s\\0\\0" "$?" "$PWD"; env -0; printf "\\0\\0ok"; } >|${quote(dump)} 2>/dev/null`;
    return ['-c', `trap ${quote(save)} EXIT; ${line.command()}`];
  },
};
