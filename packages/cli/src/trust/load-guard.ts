import { readFileSync, statSync } from 'node:fs';
import { registerHooks, type LoadHookContext, type LoadFnOutput } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { PrefishError } from '@prefish/protocol';
import { ownFolder } from '../installation.ts';
import { largestFile } from './read-bounded.ts';
import { hashOf } from './content-hash.ts';
import { isInside, isInstalled, realPath } from './trusted-path.ts';

/** Contents that may be loaded, by real path: SHA-256 as hex digits. */
export type AllowedContents = ReadonlyMap<string, ReadonlySet<string>>;

/** What is trusted, by root. Loading looks here, so that a later grant counts at once. */
const guarded = new Map<string, AllowedContents>();

/** Modules that the user named (`--plugin`), and what these import: as trusted as the user. */
const given = new Set<string>();

const ownUrl = `${pathToFileURL(ownFolder).href}/`;

let installed = false;

/**
 * From now on a module below `root`, outside of node_modules, loads only with one of the contents that were
 * trusted for it, and so does each trusted file outside of the root: by `import`, at whatever time, by
 * `require`, as JSON, as WebAssembly or as an addon. The bytes that are checked are the bytes that run.
 *
 * Not covered: what a module reads and evaluates by itself, worker threads, other processes.
 */
export function guardLoads(root: string, allowed: AllowedContents): void {
  guarded.set(root, allowed);
  install();
}

/** Nothing below `root` may be loaded any more. */
export function forbidLoads(root: string): void {
  if (guarded.has(root)) guarded.set(root, new Map());
}

/**
 * Lets the module at `url`, and all that it imports, load unchecked: the user named it. What prefish itself
 * imports for it stays out of this, else the next configuration that prefish imports would be exempt too.
 */
export function exemptFromGuard(url: string): void {
  given.add(url);
  install();
}

function install(): void {
  if (installed) return;
  installed = true;
  registerHooks({ resolve: followGiven, load: loadTrusted });
}

type ResolveHook = NonNullable<Parameters<typeof registerHooks>[0]['resolve']>;
type Resolve = Parameters<ResolveHook>;

function followGiven(...[specifier, context, next]: Resolve): ReturnType<ResolveHook> {
  const resolved = next(specifier, context);
  if (context.parentURL !== undefined && given.has(context.parentURL) && !resolved.url.startsWith(ownUrl))
    given.add(resolved.url);
  // Node loads addons without asking a hook.
  if (/\.node(?:[?#]|$)/.test(resolved.url)) checkAddon(resolved.url);
  return resolved;
}

function loadTrusted(
  url: string,
  context: LoadHookContext,
  next: (url: string, context?: Partial<LoadHookContext>) => LoadFnOutput,
): LoadFnOutput {
  const found = contentsFor(url);
  if (found === undefined) return next(url, context);
  checkShape(found.path);
  const loaded = next(url, context);
  const source = loaded.source ?? readFileSync(found.path);
  checkContent(found, asBytes(source));
  return { ...loaded, source };
}

function checkAddon(url: string): void {
  const found = contentsFor(url);
  if (found === undefined) return;
  checkShape(found.path);
  checkContent(found, readFileSync(found.path));
}

interface Guarded {
  readonly path: string;
  readonly root: string;
  readonly hashes: ReadonlySet<string> | undefined;
}

/** What may be loaded as `url`; `undefined` when nobody guards it. */
function contentsFor(url: string): Guarded | undefined {
  if (guarded.size === 0 || !url.startsWith('file:') || given.has(url)) return undefined;
  const path = realPathOf(url);
  if (path === undefined || isInside(path, ownFolder)) return undefined;
  let refused: Guarded | undefined;
  for (const [root, allowed] of guarded) {
    const hashes = allowed.get(path);
    if (hashes !== undefined) return { path, root, hashes };
    if (isInside(path, root) && !isInstalled(path, root)) refused = { path, root, hashes };
  }
  return refused;
}

/** What is not there Node itself complains about. */
function realPathOf(url: string): string | undefined {
  try {
    return realPath(fileURLToPath(url));
  } catch {
    return undefined;
  }
}

function checkShape(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats !== undefined && (!stats.isFile() || stats.size > largestFile)) {
    throw new PrefishError('PREFISH_TRUST_CHANGED', `${path} is no regular file of at most 10 MB any more`, {
      hint: 'prefish --no-config runs without the configuration that loads it.',
    });
  }
}

function checkContent({ path, root, hashes }: Guarded, content: Uint8Array): void {
  if (hashes === undefined) {
    throw new PrefishError('PREFISH_TRUST_CHANGED', `${path} is not part of what was trusted in ${root}`, {
      hint: `If it should be, prefish trust --add ${path} records it as it is now.`,
    });
  }
  if (!hashes.has(hashOf(content))) {
    throw new PrefishError('PREFISH_TRUST_CHANGED', `${path} has changed since ${root} was trusted`, {
      hint: 'Look at the change, then run prefish trust.',
    });
  }
}

function asBytes(source: NonNullable<LoadFnOutput['source']>): Uint8Array {
  if (typeof source === 'string') return Buffer.from(source);
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}
