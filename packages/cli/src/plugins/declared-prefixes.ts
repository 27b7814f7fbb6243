import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';

/** A prefix as the manifest of a plugin declares it, before any code of it has run. */
export interface DeclaredPrefix {
  readonly id: string;
  readonly token: string;
  readonly summary: string;
}

/** What the package.json of a plugin says of it. */
export interface PluginManifest {
  readonly version?: string;
  /** Absent when it declares none: what it has shows when it is loaded. */
  readonly prefixes?: readonly DeclaredPrefix[];
}

/**
 * The manifest of a plugin that a configuration names: of a package, the one that is found from one of the
 * folders upwards; of a file, the one of the package in which it lies. Empty where there is none.
 */
export function readPluginManifest(module: string, folders: readonly string[]): PluginManifest {
  const below = isAbsolute(module) ? '' : join('node_modules', module);
  for (const start of isAbsolute(module) ? [dirname(module)] : folders) {
    for (const folder of upwards(start)) {
      const found = readManifest(join(folder, below, 'package.json'));
      if (found !== undefined) return found;
    }
  }
  return {};
}

/** A manifest was written by a stranger: whatever does not fit is not there. */
export function declaredPrefixes(declared: unknown): readonly DeclaredPrefix[] | undefined {
  const { prefixes } = (typeof declared === 'object' && declared !== null ? declared : {}) as {
    prefixes?: unknown;
  };
  if (!Array.isArray(prefixes)) return undefined;
  const isText = (value: unknown): value is string => typeof value === 'string';
  return prefixes
    .filter((entry): entry is DeclaredPrefix => isText(entry?.id) && isText(entry?.token))
    .map(({ id, token, summary }) => ({ id, token, summary: isText(summary) ? summary : '' }));
}

function readManifest(file: string): PluginManifest | undefined {
  let manifest: { version?: unknown; prefishPlugin?: unknown } | null;
  try {
    manifest = JSON.parse(readFileSync(file, 'utf8')) as typeof manifest;
  } catch (error) {
    return error instanceof SyntaxError ? {} : undefined;
  }
  const prefixes = declaredPrefixes(manifest?.prefishPlugin);
  return {
    ...(typeof manifest?.version === 'string' ? { version: manifest.version } : {}),
    ...(prefixes === undefined ? {} : { prefixes }),
  };
}

function* upwards(start: string): Generator<string> {
  for (let folder = start; ; folder = dirname(folder)) {
    yield folder;
    if (folder === dirname(folder)) return;
  }
}
