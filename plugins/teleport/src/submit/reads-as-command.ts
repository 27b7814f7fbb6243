/** Commands of the shell itself (POSIX.1-2024, 2.15 and 1.6, and bash's own) with which no sentence begins. */
const builtins = new Set([
  'alias',
  'cd',
  'eval',
  'exec',
  'export',
  'pushd',
  'popd',
  'source',
  'ulimit',
  'unset',
]);

/** Programs that run what follows them. */
const wrappers = new Set(['command', 'doas', 'env', 'exec', 'nice', 'nohup', 'npx', 'sudo', 'time', 'watch']);

/** Names of programs with which sentences begin too. Coreutils, findutils, POSIX utilities, and common tools. */
const words = new Set(
  (
    'at batch build check clear code column compare convert copy count create cut date delete diff display ' +
    'dig dir edit expand explain expr factor file find fix fold free fuse go group head help history host id ' +
    'identify import info install join kill kind last less link list locate look make mail man merge more mount ' +
    'move nice open paste patch ping play plan pr print profile ps read rename replace report reset review ' +
    'rev run rust script select seq serve service set shred shuffle sleep sort split start stop strip ' +
    'strings sum tail task tee test time top touch tree true type uniq update upgrade view wait watch which ' +
    'who write yes zip'
  ).split(' '),
);

/** What follows such a word where it is the program. */
const operands: Readonly<Record<string, RegExp>> = {
  go: /^(build|clean|doc|env|fmt|generate|get|install|list|mod|run|test|tool|version|vet|work)$/,
  kill: /^(\d+|%\d*)$/,
  make: /^(all|build|check|clean|dev|dist|docs|format|help|install|lint|release|run|start|test|tests)$/,
  ps: /^[aefux]+$/,
  sleep: /^\d+[smhd]?$/,
};

/** Words of the shell's own grammar (POSIX.1-2024, 2.9.4): `for …; do`, `if …; then`, `[ … ]`. */
const compound = /^(?:(?:for\s\w+\sin|while|until|if)\s.*;\s*(?:do|then)\s|\[{1,2}\s.*\s\]{1,2}(?:\s|$))/;

/** Words that make a sentence of what they stand in. */
const prose = new Set(
  (
    'a an the at this that these those it its is are was were be been being am you we they he she me us them ' +
    'my our your their and or but because so than then of to from into onto with without for in on about ' +
    'before after when why how what which where who whether if while not no please should would could can ' +
    'does do did has have had must may might every each some any there here again always never instead'
  ).split(' '),
);

/**
 * Whether a message reads as if it was meant for the shell: it begins with a program, and goes on as
 * commands do and sentences do not. In doubt, not: `find the bug`, `make the header dark`, `test the login`.
 *
 * @param isProgram whether there is an executable file of that name on PATH, or at that path
 */
export async function readsAsCommand(
  message: string,
  isProgram: (name: string) => Promise<boolean>,
): Promise<boolean> {
  const text = message.trim();
  if (text === '' || text.includes('\n')) return false;
  if (compound.test(text)) return true;
  // What stands in quotes may be a sentence: git commit -m "fix the bug".
  const said = text.replaceAll(/"[^"]*"|'[^']*'/g, 'QUOTED').split(/\s+/);
  const first = said.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
  const [name = '', ...rest] = first < 0 ? [] : said.slice(first);
  if (!(await begins(name, isProgram))) return false;
  const [next] = rest;
  if (next === undefined || /^--?[A-Za-z\d]/.test(next)) return true;
  if (isSentence(rest)) return false;
  if (first > 0 || name.includes('/') || rest.some(isSyntax)) return true;
  if (wrappers.has(name) && (await readsAsCommand(rest.join(' '), isProgram))) return true;
  if (words.has(name)) return rest.every((word) => operands[name]?.test(word) === true);
  return rest.length <= 4;
}

async function begins(name: string, isProgram: (name: string) => Promise<boolean>): Promise<boolean> {
  if (builtins.has(name)) return true;
  return /^(?:[a-z\d]|\.{1,2}\/|~?\/)[\w.+/-]*$/.test(name) && (await isProgram(name));
}

function isSentence(rest: readonly string[]): boolean {
  return rest.some(
    (word, index) =>
      word === 'I' ||
      prose.has(word.toLowerCase().replace(/\W+$/, '')) ||
      /[^\p{ASCII}]/u.test(word) ||
      /^['’]?[A-Za-z’'-]{2,}[,!?:]$/.test(word) ||
      /^[a-z]+['’](s|t|re|ll|ve|m)$/i.test(word) ||
      (index === rest.length - 1 && index > 0 && /[a-z]{2,}[.]$/i.test(word)),
  );
}

/** A flag, a path, a pattern, a variable, an assignment, a pipe, a redirection. */
function isSyntax(word: string): boolean {
  return (
    /^--?\w/.test(word) ||
    /^(\.{1,2}|~)?\/|^\.{1,3}$|^[\w.-]+\/[\w./*-]*$/.test(word) ||
    /^\*|\*\.|\.\*|^\$[\w({]|^[\w.-]+=/.test(word) ||
    /^(\||\|\||&&|&|<|\d?>>?|2>&1)$/.test(word) ||
    /^[\w-]+\.(c|css|go|html|java|js|json|md|mjs|py|rb|rs|sh|toml|ts|tsx|txt|yaml|yml)$/.test(word)
  );
}
