import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { errorMessage, isPrefishError } from '@prefish/protocol';

/** How long a module may take to load, in milliseconds: one that waits for ever must not keep the shell waiting. */
const usualDeadlineMs = 10_000;

/** Why a module could not be loaded, with advice where there is some. */
export class ModuleError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, options: { readonly hint?: string | undefined; readonly cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.hint = options.hint;
  }
}

/**
 * Imports the module at `url`, which is the file `path`.
 *
 * @throws ModuleError; errors of prefish (a module that is not trusted) as they are
 */
export async function importModule(
  url: string,
  path: string,
  deadlineMs: number = usualDeadlineMs,
): Promise<Readonly<Record<string, unknown>>> {
  silenceTypeless();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new ModuleError(`it was not loaded within ${deadlineMs / 1000} s`, {
          hint: 'Does it await something at its top level? Do that in setup, or in the handler.',
        }),
      );
    }, deadlineMs);
  });
  try {
    return (await Promise.race([import(url), late])) as Record<string, unknown>;
  } catch (error) {
    throw isPrefishError(error) || error instanceof ModuleError ? error : advise(error, path);
  } finally {
    clearTimeout(timer);
  }
}

let silent = false;

/** Node warns of ES syntax below a package.json without a type, which whoever writes a configuration need not care about. */
function silenceTypeless(): void {
  if (silent) return;
  silent = true;
  const emitWarning = process.emitWarning.bind(process) as (...given: unknown[]) => void;
  process.emitWarning = (...given: unknown[]): void => {
    const [warning, options] = given;
    const code =
      (options as { code?: string } | undefined)?.code ?? (warning as { code?: string }).code ?? given[2];
    if (code !== 'MODULE_TYPELESS_PACKAGE_JSON') emitWarning(...given);
  };
}

/** What Node says of a module that cannot be loaded, and what to do about it. */
function advise(error: unknown, path: string): ModuleError {
  const { code } = error as NodeJS.ErrnoException;
  const message = firstLine(errorMessage(error));
  const cause = error;
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
    return new ModuleError(`${message}${placeOf(error)}`, {
      cause,
      hint: 'Node takes the types out and runs the rest, so enums, namespaces and parameter properties cannot be used: write a constant object, or fields.',
    });
  }
  if (code === 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING') {
    return new ModuleError('it is TypeScript inside of node_modules, which Node does not run', {
      cause,
      hint: 'A package has to ship JavaScript: build it before it is packed.',
    });
  }
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') {
    const [, missing] = /Cannot find (?:package|module) '([^']+)'/.exec(message) ?? [];
    const isPackage = missing !== undefined && !/^[./]/.test(missing);
    return new ModuleError(message, {
      cause,
      hint: isPackage ? `Install it where ${path} finds it: npm install ${missing}` : undefined,
    });
  }
  if (error instanceof SyntaxError) {
    const hint = isModuleSyntaxInCommonJs(message, path) ? moduleHint(path) : undefined;
    return new ModuleError(`${message}${placeOf(error)}`, { cause, hint });
  }
  return new ModuleError(`${message}${placeOf(error)}`, { cause });
}

function isModuleSyntaxInCommonJs(message: string, path: string): boolean {
  return (
    /Unexpected token 'export'|import statement outside a module/.test(message) && !/\.m[jt]s$/.test(path)
  );
}

function moduleHint(path: string): string {
  const manifest = manifestAbove(path);
  const better = extname(path).replace(/^\.c?/, '.m');
  const why = manifest === undefined ? '' : `${manifest} says "type": "commonjs". `;
  return `${why}Rename the file so that it ends in ${better}, or set "type": "module".`;
}

function manifestAbove(path: string): string | undefined {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest))
      return readFileSync(manifest, 'utf8').includes('"commonjs"') ? manifest : undefined;
    if (folder === dirname(folder)) return undefined;
  }
}

/** ` (notes.ts:3)` where Node says in which line of the file it stopped. */
function placeOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const [, file, line] =
    /^(?:file:\/\/)?(\/[^\n]*?):(\d+)(?::\d+)?\n/.exec(stack) ??
    /\(?file:\/\/(\/[^\n)]*?):(\d+):\d+\)?/.exec(stack) ??
    [];
  return file === undefined ? '' : ` (${decodeURI(file)}:${line})`;
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0]!;
}
