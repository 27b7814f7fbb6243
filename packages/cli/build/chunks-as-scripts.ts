import { createHash } from 'node:crypto';
import type { Rolldown } from 'tsdown';

type Program = ReturnType<Rolldown.PluginContext['parse']>;
type Parse = (code: string) => Program;

/** A part of a program: its kind, and where it stands. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** What runs a script, by the name of its file, where it comes from, and what it is called in a chunk. */
const loader = 'import { compiledScripts as __scripts } from "./compiled-scripts.mjs";';
const runner = '__scripts.run';

/**
 * Makes scripts of the chunks in `names`, which `src/compiled-scripts.ts` runs: what V8 compiles of a
 * script can be kept whole. Whoever imports one of them asks for its values instead. Each of these
 * chunks may import those before it in `names`, and nothing else.
 */
export function chunksAsScripts(names: readonly string[]): Rolldown.Plugin {
  return {
    name: 'chunks-as-scripts',
    generateBundle(_options, bundle) {
      const parse: Parse = (code) => this.parse(code);
      const scripts = new Map<string, string>();
      for (const name of names) {
        const module = `${name}.mjs`;
        const chunk = bundle[module];
        if (chunk?.type !== 'chunk') continue;
        const source = asScript(withoutImports(chunk.code, scripts, parse), parse);
        const fileName = `${name}-${createHash('sha256').update(source).digest('hex').slice(0, 8)}.js`;
        scripts.set(`./${module}`, fileName);
        this.emitFile({ type: 'asset', fileName, source });
        delete bundle[module];
      }
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue;
        const code = withoutImports(chunk.code, scripts, parse);
        if (code !== chunk.code) chunk.code = `${loader}\n${code}`;
      }
    },
  };
}

/** The code of a module, where what it imports of scripts are constants. */
function withoutImports(code: string, scripts: ReadonlyMap<string, string>, parse: Parse): string {
  return edited(code, parse(code).body, (statement) => {
    if (statement.type !== 'ImportDeclaration' && statement.type !== 'ExportNamedDeclaration')
      return undefined;
    const script = statement.source && scripts.get(statement.source.value);
    if (!script) return undefined;
    const run = `${runner}("${script}")`;
    if (statement.type === 'ImportDeclaration') {
      const taken = statement.specifiers.map((specifier) => {
        if (specifier.type !== 'ImportSpecifier') throw new Error(`${script} is imported as a whole`);
        return `${name(specifier.imported)}: ${specifier.local.name}`;
      });
      return taken.length === 0 ? `${run};` : `const { ${taken.join(', ')} } = ${run};`;
    }
    const taken = statement.specifiers.map(({ local }, index) => `${name(local)}: __export${index}`);
    const given = statement.specifiers.map(({ exported }, index) => `__export${index} as ${name(exported)}`);
    return `const { ${taken.join(', ')} } = ${run};\nexport { ${given.join(', ')} };`;
  });
}

/** The code of a module that imports nothing as a function expression, which returns what it exports. */
function asScript(code: string, parse: Parse): string {
  // In a script, Node warns of import(), and there is no import.meta.
  const words = importsIn(parse(code)).sort((one, other) => one.start - other.start);
  const own = edited(code, words, ({ type }) => `__scripts.${type === 'MetaProperty' ? 'meta' : 'import'}`);
  const body = edited(own, parse(own).body, (statement) => {
    if (statement.type === 'ImportDeclaration') throw new Error(`a script imports ${statement.source.value}`);
    if (statement.type !== 'ExportNamedDeclaration') return undefined;
    const given = statement.specifiers.map(({ local, exported }) => `${name(exported)}: ${name(local)}`);
    return `return { ${given.join(', ')} };`;
  });
  return `(function (__scripts) { "use strict";\n${body}\n})`;
}

/** Where the word is in `import(…)`, and `import.meta`. */
function importsIn(node: unknown): Node[] {
  if (typeof node !== 'object' || node === null) return [];
  const below = Object.values(node).flatMap(importsIn);
  const { type, start } = node as Node;
  if (type === 'MetaProperty' && (node as { meta: { name: string } }).meta.name === 'import')
    return [node as Node];
  return type === 'ImportExpression' ? [{ type, start, end: start + 'import'.length }, ...below] : below;
}

function edited<N extends Node>(
  code: string,
  nodes: readonly N[],
  replace: (node: N) => string | undefined,
): string {
  let result = '';
  let end = 0;
  for (const node of nodes) {
    const replacement = replace(node);
    if (replacement === undefined) continue;
    result += code.slice(end, node.start) + replacement;
    end = node.end;
  }
  return result + code.slice(end);
}

function name(node: { readonly type: string; readonly name?: string; readonly value?: string }): string {
  return node.name ?? JSON.stringify(node.value);
}
