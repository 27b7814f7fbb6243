import type { Rolldown } from 'tsdown';

const importLine =
  /^import (?:(?<standard>[\w$]+)(?:, )?)?(?:\{ ?(?<names>[^}]*?) ?\})?(?:\* as (?<all>[\w$]+))? from "(?<module>node:[\w/]+)";$/gm;

/** Modules whose functions are seldom called and cost milliseconds to load: they load at the first call. */
const loadedLate = new Set(['node:crypto', 'node:fs/promises', 'node:readline']);
/** Functions that their module itself loads when they are asked for. */
const takenLate = new Set(['parseArgs']);

/**
 * Takes built-in modules by `process.getBuiltinModule` instead of `import`. An `import` of a built-in
 * reads every one of its exports, and with that loads what Node itself keeps for later (streams and
 * promises of `fs`, `webcrypto`, half of `util`): about 10 ms of a start that has 45.
 */
export function lightBuiltins(): Rolldown.Plugin {
  return {
    name: 'light-builtins',
    renderChunk: (code) => code.replaceAll(importLine, (line, ...rest) => rewrite(line, rest.at(-1))),
  };
}

function rewrite(line: string, parts: Readonly<Record<string, string | undefined>>): string {
  const { standard, names, all, module } = parts;
  const source = `process.getBuiltinModule("${module}")`;
  const declarations = [
    ...(standard === undefined ? [] : [`const ${standard} = ${source};`]),
    ...(all === undefined ? [] : [`const ${all} = ${source};`]),
    ...(names?.split(', ').map((name) => declare(name, module!, source)) ?? []),
  ];
  return declarations.length === 0 ? line : declarations.join(' ');
}

function declare(name: string, module: string, source: string): string {
  const [exported, local = exported] = name.split(' as ');
  // The constants of fs/promises are those of fs, which is always there.
  if (exported === 'constants') return `const ${local} = ${source.replace('/promises', '')}.constants;`;
  const isFunction = /^[a-z]/.test(exported!);
  return isFunction && (loadedLate.has(module) || takenLate.has(exported!))
    ? `const ${local} = (...args) => ${source}.${exported}(...args);`
    : `const { ${exported}: ${local} } = ${source};`;
}
