import { quote, type Dialect } from './dialect.ts';

/** The options that `bash -c` starts with. */
const usual: readonly string[] = ['braceexpand', 'hashall', 'interactive-comments'];
/** Options that belong to the invocation, or would keep later lines from running at all. */
const notKept: ReadonlySet<string> = new Set(['noexec', 'onecmd', 'privileged', 'history', 'monitor']);

/**
 * bash 3.2 and later. Builtins alone write the state, so that it costs no process, and each is
 * spelt `\builtin x` so that nothing of the user's stands in for it. Functions are restored before
 * aliases, which would be expanded in them.
 */
export const bash: Dialect = {
  args(line, { restore, options, dump }) {
    const names = quote(`${dump}.names`);
    const save = [
      '{ \\builtin printf "%s\\0%s\\0%s\\0" "$?" "$PWD" "$SHELLOPTS"',
      '\\builtin set +eux',
      `\\builtin compgen -e >|${names}`,
      'while IFS= \\builtin read -r __prefish_name; do [[ -z ${!__prefish_name+set} ]] ' +
        `|| \\builtin printf "%s=%s\\0" "$__prefish_name" "\${!__prefish_name}"; done <${names}`,
      '\\builtin printf "\\0"',
      '\\builtin shopt -p',
      '\\builtin umask -p',
      '\\builtin declare -f',
      '\\builtin declare -Fx',
      '\\builtin alias -p',
      `\\builtin printf "\\0ok"; } >|${quote(dump)} 2>/dev/null`,
    ].join('; ');
    const source = restore === undefined ? 'shopt -s expand_aliases' : `. ${quote(restore)} 2>/dev/null`;
    const script = `trap ${quote(save)} EXIT; ${source}; ${line.command(restored(options))}`;
    return ['--norc', '-c', script, 'bash'];
  },
};

/** The commands that lead from the usual options to `shellOptions`, a value of `SHELLOPTS`. */
function restored(shellOptions: string): string {
  if (shellOptions === '') return '';
  const wanted = shellOptions.split(':');
  const on = wanted.filter((name) => !usual.includes(name) && !notKept.has(name));
  const off = usual.filter((name) => !wanted.includes(name));
  return [...on.map((name) => `set -o ${name}; `), ...off.map((name) => `set +o ${name}; `)].join('');
}
