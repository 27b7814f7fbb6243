import { endsInBackslash, hasOpenDocument } from '../syntax/ends.ts';
import { quote, type Dialect } from './dialect.ts';

/** sh, dash, ksh and their like: folder and exported variables last. They need `env` to list variables. */
export const posix: Dialect = {
  lasts: 'the folder and exported variables',
  syntax: {
    probes: (text) => [['-n', '-c', text]],
    // The words of dash, busybox and bash.
    lacksEnd: (text, [said = '']) =>
      /end of file|unexpected EOF|EOF in|Unterminated|Missing '}'/i.test(said) ||
      (said === '' && (endsInBackslash(text) || hasOpenDocument(text))),
  },
  args(line, { dump }) {
    const save = `{ printf "%s\\0%s\\0\\0" "$?" "$PWD"; env -0; printf "\\0\\0ok"; } >|${quote(dump)} 2>/dev/null`;
    return ['-c', `trap ${quote(save)} EXIT; ${line.command()}`];
  },
};
