import { quoteForBackslash } from '../syntax/ends.ts';
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
  lasts: 'the folder and the folders of pushd, variables, aliases, functions and options',
  args(line, { restore, options, dump }) {
    const source = restore === undefined ? 'shopt -s expand_aliases' : `. ${quote(restore)} 2>/dev/null`;
    const save = dump === undefined ? '' : `trap ${quote(saveState(dump))} EXIT; `;
    return ['--norc', '-c', `${save}${source}; ${line.command(restored(options))}`, 'bash'];
  },
  rc: {
    name: '~/.bashrc',
    args: (dump) => ['--norc', '-i', '-c', readRc(dump).join('\n'), 'bash'],
  },
  dollarQuotes: true,
  syntax: {
    args: (text) => ['--norc', '-n', '-c', text],
    probes: (text) => quoteForBackslash(text),
    // What stands behind a backquote is of the line.
    lacksEnd: (said, [ending = '']) =>
      /^[^`\n]*(?:unexpected (?:EOF|end of file)|delimited by end-of-file)/m.test(said) ||
      (said === '' && ending !== ''),
  },
};

/** Variables that bash has of itself or for a terminal, and what its completion keeps. */
const ownVariables =
  'BASH*|COMP_*|COMPREPLY|COLUMNS|DIRSTACK|EPOCH*|EUID|FUNCNAME|FUNCNEST|GROUPS|HIST*|HOSTNAME|HOSTTYPE|IFS|LINENO|LINES|' +
  'MACHTYPE|MAIL*|OPTARG|OPTERR|OPTIND|OSTYPE|PIPESTATUS|POSIXLY_CORRECT|PPID|PROMPT_*|PS[0-4]|RANDOM|READLINE_*|REPLY|' +
  'SECONDS|SHELLOPTS|SRANDOM|TMOUT|UID|_|__prefish_*|_xspecs|_comp_*|__git_*|_backup_glob';

/** The commands that write the state to `dump`. */
function saveState(dump: string): string {
  const names = quote(`${dump}.names`);
  return [
    '{ \\builtin printf "%s\\0%s\\0%s\\0" "$?" "$PWD" "$SHELLOPTS"',
    '\\builtin set +eux',
    `\\builtin compgen -e >|${names}`,
    'while IFS= \\builtin read -r __prefish_name; do [[ -z ${!__prefish_name+set} ]] ' +
      `|| \\builtin printf "%s=%s\\0" "$__prefish_name" "\${!__prefish_name}"; done <${names}`,
    '\\builtin printf "\\0"',
    `\\builtin compgen -v >|${names}`,
    // A loop, because a value may hold line ends: of each declaration is known where it ends.
    `while IFS= \\builtin read -r __prefish_name; do case $__prefish_name in ${ownVariables}) ;; ` +
      `*) \\builtin declare -p "$__prefish_name" && \\builtin printf "\\0";; esac; done <${names}`,
    'for ((__prefish_name = ${#DIRSTACK[@]} - 1; __prefish_name > 0; __prefish_name--)); ' +
      'do \\builtin printf "builtin pushd -n %q >/dev/null\\n" "${DIRSTACK[__prefish_name]}"; done',
    '\\builtin shopt -p',
    '\\builtin umask -p',
    '\\builtin declare -f',
    '\\builtin declare -Fx',
    '\\builtin alias -p',
    `\\builtin printf "\\0ok"; } >|${quote(dump)} 2>/dev/null`,
  ].join('; ');
}

/** A function whose source is one of these is there for completion alone. */
const completions = '*/bash?completion*|/dev/fd/*|/proc/self/fd/*';

/** The commands that read what an interactive bash reads, and then write its state. */
function readRc(dump: string): string[] {
  return [
    'exit() { ((BASH_SUBSHELL)) && \\builtin exit "$@"; __prefish_done; }',
    'exec() { ((BASH_SUBSHELL == 0)) || \\builtin exec "$@"; }',
    '__prefish_done() {',
    '  \\builtin trap - EXIT DEBUG ERR RETURN',
    '  \\builtin unset -f exit exec __prefish_done',
    '  \\builtin local __prefish_name __prefish_line __prefish_file',
    '  while \\builtin read -r __prefish_name __prefish_line __prefish_file; do',
    `    case $__prefish_file in ${completions}) \\builtin unset -f "$__prefish_name";; esac`,
    // Only with this option it says where they come from.
    '  done < <(\\builtin shopt -s extdebug; \\builtin declare -F $(\\builtin compgen -A function _))',
    '  \\builtin set +H +o emacs +o vi',
    `  ${saveState(dump)}`,
    // Not by `exit`: what is to be done at the end of the user's shell is not to be done now.
    '  \\builtin kill -9 $$',
    '}',
    '\\builtin trap __prefish_done EXIT',
    '[[ -r /etc/bash.bashrc ]] && . /etc/bash.bashrc',
    '[[ -r ~/.bashrc ]] && . ~/.bashrc',
    '__prefish_done',
  ];
}

/** The commands that lead from the usual options to `shellOptions`, a value of `SHELLOPTS`. */
function restored(shellOptions: string): string {
  if (shellOptions === '') return '';
  const wanted = shellOptions.split(':');
  const on = wanted.filter((name) => !usual.includes(name) && !notKept.has(name));
  const off = usual.filter((name) => !wanted.includes(name));
  return [...on.map((name) => `set -o ${name}; `), ...off.map((name) => `set +o ${name}; `)].join('');
}
