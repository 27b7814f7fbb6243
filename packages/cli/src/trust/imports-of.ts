import { stripTypeScriptTypes } from 'node:module';
import { extname } from 'node:path';
import { parse, type Node, type Options } from 'acorn';
import { simple } from 'acorn-walk';

/** How one module names another. */
export interface ImportOf {
  readonly specifier: string;
  /** `text`: a string that looks like a relative path, as in `plugins: ['./notes.ts']`. */
  readonly kind: 'import' | 'require' | 'text';
}

const scripts: ReadonlySet<string> = new Set(['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts']);

/** Whether a file of that name holds code that can be looked into. */
export function isScript(path: string): boolean {
  return scripts.has(extname(path));
}

/**
 * What the source of a module imports, requires, or may name as a plugin, without running it. What it computes
 * stays unseen.
 *
 * @throws SyntaxError
 */
export function importsOf(source: string, path: string): ImportOf[] {
  const found: ImportOf[] = [];
  const add = (kind: ImportOf['kind'], value: unknown): void => {
    if (typeof value === 'string') found.push({ kind, specifier: value });
  };
  const imported = (node: { readonly source?: Node | null }): void => add('import', textOf(node.source));
  simple(parseModule(extname(path).endsWith('ts') ? withoutTypes(source) : source, path), {
    ImportDeclaration: imported,
    ExportNamedDeclaration: imported,
    ExportAllDeclaration: imported,
    ImportExpression: imported,
    CallExpression({ callee, arguments: [first] }) {
      if (isRequire(callee)) add('require', textOf(first));
    },
    Literal(node) {
      addPath(textOf(node));
    },
    TemplateLiteral(node) {
      addPath(textOf(node));
    },
  });
  return found;

  function addPath(text: string | undefined): void {
    if (text !== undefined && /^\.{1,2}\//.test(text)) add('text', text);
  }
}

/** `require`, `require.resolve`, `module.require`, and whatever else ends in that name. */
function isRequire(callee: Node): boolean {
  const { type, name, object, property } = callee as Node & Record<'name' | 'object' | 'property', never>;
  if (type === 'Identifier') return name === 'require';
  return type === 'MemberExpression' && (isRequire(object) || isRequire(property));
}

/** The text of a string, or of a template without substitutions. */
function textOf(node: Node | null | undefined): string | undefined {
  if (node?.type === 'Literal') {
    const { value } = node as Node & { value: unknown };
    return typeof value === 'string' ? value : undefined;
  }
  if (node?.type !== 'TemplateLiteral') return undefined;
  const { quasis } = node as Node & { quasis: { value: { cooked?: string } }[] };
  return quasis.length === 1 ? quasis[0]!.value.cooked : undefined;
}

/** As a module; what only CommonJS allows (`return` outside, `await` as a name) as that. */
function parseModule(source: string, path: string): Node {
  const options: Options = { ecmaVersion: 'latest', allowHashBang: true };
  try {
    return parse(source, { ...options, sourceType: 'module' });
  } catch (error) {
    if (/\.m[jt]s$/.test(path)) throw error;
    try {
      return parse(source, { ...options, sourceType: 'script', allowReturnOutsideFunction: true });
    } catch {
      throw error;
    }
  }
}

/** Node says that this function is experimental; whoever reads the question need not know. */
function withoutTypes(source: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}
