import { quote, type Dialect } from './dialect.ts';

/** Options that belong to the invocation, or would keep later lines from running at all. */
const notKept =
  /^(no)?(exec|rcs|globalrcs|hashdirs|interactive|login|monitor|privileged|restricted|shinstdin|singlecommand|zle)$/;

/** Goes to the first folder and back to the second: `cd -` cannot be told otherwise where that leads. */
const goAway =
  '() { [[ $1 == $2 ]] || { \\builtin cd -q -- $1 && { \\builtin cd -q -- $2 || \\builtin exit 1; } } }';

/**
 * zsh 5. The first line reads the user's .zshenv; from then on its effects are part of the state,
 * and reading it again would undo what lines have exported since.
 */
export const zsh: Dialect = {
  args(line, { restore, options, dump }) {
    const save = [
      '{ \\builtin print -rN -- "$?" "$PWD"',
      '\\builtin setopt',
      '\\builtin print -n "\\0"',
      '() { \\builtin emulate -L zsh; local __prefish_name',
      'for __prefish_name in ${(k)parameters[(R)*export*]}; ' +
        'do \\builtin print -rN -- "$__prefish_name=${(P)__prefish_name}"; done; }',
      '\\builtin print -n "\\0umask "',
      '\\builtin umask',
      `\\builtin print -r -- ${quote(goAway)} "\${(q)OLDPWD}" ${quote('"$PWD"')}`,
      '\\builtin functions',
      '\\builtin alias -L',
      '\\builtin alias -sL',
      `\\builtin print -n "\\0ok"; } >|${quote(dump)} 2>/dev/null`,
    ].join('; ');
    const trap = `trap ${quote(save)} EXIT; `;
    const command = line.command(restored(options));
    return restore === undefined
      ? ['-c', trap + command, 'zsh']
      : ['-f', '-c', `${trap}. ${quote(restore)} 2>/dev/null; ${command}`, 'zsh'];
  },
};

/** What `setopt` printed, as a command. */
function restored(printed: string): string {
  const names = printed.split('\n').filter((name) => name !== '' && !notKept.test(name));
  return names.length === 0 ? '' : `setopt ${names.join(' ')}; `;
}
