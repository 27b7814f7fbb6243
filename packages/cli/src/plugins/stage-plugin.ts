import { createHash } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PrefishError } from '@prefish/protocol';
import { declaredPrefixes, type DeclaredPrefix } from './declared-prefixes.ts';
import { npm, npmInstall, type NpmOptions } from './npm.ts';
import type { PluginSet } from './plugin-sets.ts';
import type { PluginSpec } from './plugin-spec.ts';

/** A plugin that has been fetched, and not been run. */
export interface StagedPlugin {
  readonly name: string;
  readonly version: string;
  readonly origin: 'registry' | 'folder or tarball';
  /** The URL or the path that it came from. */
  readonly from: string;
  /** Subresource integrity of what was fetched: `sha512-…`. */
  readonly integrity: string;
  /** `undefined` when the manifest declares none. */
  readonly prefixes: readonly DeclaredPrefix[] | undefined;
}

/** What is wanted of a set: each package by its name, and where packed copies come from. */
interface Wanted {
  readonly dependencies: Record<string, string>;
  readonly origins: Record<string, string>;
}

/**
 * Fetches these into the set, whose manifest then asks for them; resolves with their names.
 *
 * @throws PREFISH_PLUGIN_INSTALL, PREFISH_INTERRUPTED
 */
export async function stagePlugins(
  set: PluginSet,
  specs: readonly PluginSpec[],
  options: Omit<NpmOptions, 'cwd'>,
): Promise<readonly string[]> {
  const inSet = { ...options, cwd: set.folder };
  const wanted: Wanted = {
    dependencies: { ...set.manifest.dependencies },
    origins: { ...set.manifest.origins },
  };
  const names: string[] = [];
  for (const spec of specs) names.push(await want(spec, wanted, inSet));
  await set.write({ private: true, ...wanted });
  await npmInstall(inSet);
  // For a tag, what it means today is the lowest version from now on, as npm itself has it.
  for (const spec of specs) {
    if (spec.kind !== 'registry' || !spec.isTag) continue;
    wanted.dependencies[spec.name] = `^${(await installedManifest(set, spec.name)).version}`;
  }
  await set.write({ private: true, ...wanted });
  return names;
}

/** Adds a spec to what is wanted; resolves with the name of its package. */
async function want(spec: PluginSpec, { dependencies, origins }: Wanted, inSet: NpmOptions): Promise<string> {
  if (spec.kind === 'registry') {
    dependencies[spec.name] = spec.range;
    delete origins[spec.name];
    return spec.name;
  }
  const packed = await pack(spec.from, inSet);
  dependencies[packed.name] = `file:packed/${packed.file}`;
  origins[packed.name] = spec.from;
  return packed.name;
}

/** Packs a folder, or takes a tarball as it is, so that what was shown is what runs, and lasts. */
async function pack(from: string, inSet: NpmOptions): Promise<{ name: string; file: string }> {
  const folder = join(inSet.cwd, 'packed');
  const said = await npm(['pack', from, '--json', '--pack-destination', folder], inSet);
  const answer = JSON.parse(said) as Packed[] | Record<string, Packed>;
  const { name, filename, version } = Object.values(answer)[0]!;
  const path = join(folder, filename.replace('@', '').replace('/', '-'));
  const hash = createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
    .slice(0, 8);
  const file = `${name.replace('@', '').replace('/', '-')}-${version}-${hash}.tgz`;
  await rename(path, join(folder, file));
  return { name, file };
}

interface Packed {
  readonly name: string;
  readonly version: string;
  readonly filename: string;
}

/** Takes packages out of the set. @throws PREFISH_PLUGIN_INSTALL */
export async function unstagePlugins(
  set: PluginSet,
  names: readonly string[],
  options: Omit<NpmOptions, 'cwd'>,
): Promise<void> {
  const without = (record: Readonly<Record<string, string>> = {}): Record<string, string> =>
    Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
  const { dependencies, origins } = set.manifest;
  await set.write({ private: true, dependencies: without(dependencies), origins: without(origins) });
  if (Object.keys(without(dependencies)).length > 0) return npmInstall({ ...options, cwd: set.folder });
  // Without npm too: what is left is nothing.
  for (const rest of ['node_modules', 'package-lock.json'])
    await rm(join(set.folder, rest), { recursive: true, force: true });
}

/** What the set holds of a package, without running it. */
export async function describePlugin(set: PluginSet, name: string): Promise<StagedPlugin> {
  const { version, prefishPlugin } = await installedManifest(set, name);
  const lock = JSON.parse(await readFile(join(set.folder, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { resolved?: string; integrity?: string }>;
  };
  const { resolved = '', integrity = '' } = lock.packages[`node_modules/${name}`] ?? {};
  const { origins = {} } = JSON.parse(
    await readFile(join(set.folder, 'package.json'), 'utf8'),
  ) as PluginSet['manifest'];
  return {
    name,
    version,
    origin: origins[name] === undefined ? 'registry' : 'folder or tarball',
    from: origins[name] ?? resolved,
    integrity,
    prefixes: declaredPrefixes(prefishPlugin),
  };
}

/** The version of a package that is installed in a set; `undefined` when there is none. */
export async function installedVersion(set: PluginSet, name: string): Promise<string | undefined> {
  return installedManifest(set, name).then(
    ({ version }) => version,
    () => undefined,
  );
}

async function installedManifest(
  set: PluginSet,
  name: string,
): Promise<{ version: string; prefishPlugin?: unknown }> {
  try {
    const text = await readFile(join(set.folder, 'node_modules', name, 'package.json'), 'utf8');
    const { version, prefishPlugin } = JSON.parse(text) as { version?: unknown; prefishPlugin?: unknown };
    return { version: String(version ?? '0.0.0'), prefishPlugin };
  } catch (cause) {
    throw new PrefishError('PREFISH_PLUGIN_INSTALL', `npm did not install ${name}`, { cause });
  }
}
