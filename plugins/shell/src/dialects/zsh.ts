import { mistakeBehind, quoteForBackslash } from '../syntax/ends.ts';
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
  lasts: 'the folder and the folders of pushd, variables, aliases, functions and options',
  args(line, { restore, options, dump }) {
    const trap = dump === undefined ? '' : `trap ${quote(saveState(dump))} EXIT; `;
    const command = line.command(restored(options), endsInBrace(line.text) ? '\n' : '');
    return restore === undefined
      ? ['-c', trap + command, 'zsh']
      : ['-f', '-c', `${trap}. ${quote(restore)} 2>/dev/null; ${command}`, 'zsh'];
  },
  rc: {
    name: '~/.zshrc',
    args: (dump) => ['-f', '-i', '-c', readRc(dump).join('\n'), 'zsh'],
  },
  dollarQuotes: true,
  syntax: {
    args: (text) => ['-f', '-n', '-c', text],
    probes: (text) => [mistakeBehind(text), ...pipeBehindOperator(text), ...quoteForBackslash(text)],
    lacksEnd(said, [behind = '', ending = ''], text) {
      if (said === '') return behind === '' || ending !== '';
      if (/^zsh:\d+: (?:unmatched|closing brace expected)/.test(said)) return true;
      if (said.endsWith("near `}'") && endsInBrace(text)) return false;
      // It names the same mistake for what ends too soon as for what is wrong; the former is over with what is behind.
      const further = text.split('\n').length + 1;
      return behind === '' || behind.startsWith(`zsh:${further}: parse error near \`)'`);
    },
  },
};

/** Without a line end behind it, it takes `if … { … }` for unfinished. */
function endsInBrace(text: string): boolean {
  return text.trimEnd().endsWith('}');
}

/** It takes `&&` at the end as it is. Only in a comment or a word, a pipe may follow that. */
function pipeBehindOperator(text: string): string[] {
  return /(?:&&|\|\|)\s*$/.test(text) ? [`${text.trimEnd()} | cat`] : [];
}

/** Variables that zsh has of itself or for a terminal, and what its completion keeps. */
const ownVariables =
  'ZSH_(ARGZERO|EXECUTION_STRING|NAME|PATCHLEVEL|VERSION|SUBSHELL)|CPUTYPE|HOST|KEYTIMEOUT|LISTMAX|LOGCHECK|MACHTYPE|' +
  'MAILCHECK|OSTYPE|TIMEFMT|TMPPREFIX|TTY|VENDOR|WATCHFMT|signals|NULLCMD|READNULLCMD|__prefish_*|' +
  '_comp*|_services|_*patcomps|_lastcomp';

/** The commands that write the state to `dump`. */
function saveState(dump: string): string {
  return [
    '{ \\builtin print -rN -- "$?" "$PWD"',
    '\\builtin setopt',
    '\\builtin print -n "\\0"',
    '() { \\builtin emulate -L zsh; local __prefish_name',
    'for __prefish_name in ${(k)parameters[(R)*export*]}; ' +
      'do \\builtin print -rN -- "$__prefish_name=${(P)__prefish_name}"; done; }',
    // Its own aliases: a function of that name could not be restored.
    '\\builtin print -n "\\0builtin unalias -a; umask "',
    '\\builtin umask',
    `\\builtin print -r -- ${quote(goAway)} "\${(q)OLDPWD}" ${quote('"$PWD"')}`,
    '\\builtin print -r -- "fpath=(" ${(q)fpath} ")"',
    '\\builtin print -r -- "dirstack=(" ${(q)dirstack} ")"',
    '() { \\builtin emulate -L zsh; local -a __prefish_names; __prefish_names=(' +
      '${(k)parameters[(R)(scalar|array|integer|float|association)]}); ' +
      `__prefish_names=(\${__prefish_names:#(${ownVariables})}); ` +
      '(( $#__prefish_names )) && \\builtin typeset -p -- $__prefish_names; }',
    '\\builtin functions',
    '\\builtin alias -L',
    '\\builtin alias -sL',
    `\\builtin print -n "\\0ok"; } >|${quote(dump)} 2>/dev/null`,
  ].join('; ');
}

/** The commands that read what an interactive zsh reads, and then write its state. */
function readRc(dump: string): string[] {
  return [
    'exit() { (( ZSH_SUBSHELL )) && \\builtin exit "$@"; __prefish_done; }',
    'exec() { (( ZSH_SUBSHELL == 0 )) || \\builtin exec "$@"; }',
    '__prefish_done() {',
    '  \\builtin trap - EXIT DEBUG ZERR',
    "  \\builtin unfunction -m exit exec __prefish_done zshexit 'TRAP*'",
    '  () {',
    '    \\builtin emulate -L zsh; local __prefish_name',
    // What completion would load; there may be a thousand.
    '    for __prefish_name in ${(k)functions[(I)_*]}; do',
    '      [[ $functions[$__prefish_name] == *"builtin autoload"* ]] && \\builtin unfunction $__prefish_name',
    '    done',
    '  }',
    `  ${saveState(dump)}`,
    // Not by `exit`: what is to be done at the end of the user's shell is not to be done now.
    '  \\builtin kill -9 $$',
    '}',
    '\\builtin trap __prefish_done EXIT',
    '[[ -r ${ZDOTDIR:-$HOME}/.zshenv ]] && . ${ZDOTDIR:-$HOME}/.zshenv',
    '[[ ! -o globalrcs ]] || for __prefish_name in /etc/zsh/zshrc /etc/zshrc; do',
    '  [[ -r $__prefish_name ]] && . $__prefish_name',
    'done',
    '[[ -r ${ZDOTDIR:-$HOME}/.zshrc ]] && . ${ZDOTDIR:-$HOME}/.zshrc',
    '__prefish_done',
  ];
}

/** What `setopt` printed, as a command. */
function restored(printed: string): string {
  const names = printed.split('\n').filter((name) => name !== '' && !notKept.test(name));
  return names.length === 0 ? '' : `setopt ${names.join(' ')}; `;
}
