import { existsSync } from 'node:fs';
import parse from 'npm-package-arg';
import { errorMessage, PrefishError } from '@prefish/protocol';

/** What `prefish plugins add` is asked for. */
export type PluginSpec =
  /** A package of the registry that npm is set up for. `range`: a version, a range or a tag. */
  | { readonly kind: 'registry'; readonly name: string; readonly range: string; readonly isTag: boolean }
  /** A folder or tarball, as an absolute path, or the URL of a tarball: a packed copy of it is installed. */
  | { readonly kind: 'packed'; readonly from: string };

/**
 * Reads a spec as npm does. Relative paths count from `cwd`.
 *
 * @throws PREFISH_USAGE for what is none, PREFISH_PLUGIN_NOT_FOUND for a path where there is nothing
 */
export function parsePluginSpec(text: string, cwd: string): PluginSpec {
  const spec = read(text, cwd);
  switch (spec.type) {
    case 'version':
    case 'range':
    case 'tag':
      return {
        kind: 'registry',
        name: spec.name!,
        range: spec.fetchSpec!,
        isTag: spec.type === 'tag' || spec.rawSpec === '*',
      };
    case 'directory':
    case 'file':
      if (existsSync(spec.fetchSpec!)) return { kind: 'packed', from: spec.fetchSpec! };
      throw new PrefishError('PREFISH_PLUGIN_NOT_FOUND', `There is no ${spec.fetchSpec}`, { exit: 4 });
    case 'remote':
      return { kind: 'packed', from: spec.fetchSpec! };
    default:
      throw new PrefishError('PREFISH_USAGE', `A plugin cannot be installed from ${text}`, {
        hint: 'It can from a registry (NAME or NAME@RANGE), a folder, a tarball, or the URL of a tarball. For git, clone it, build it, and add the folder.',
      });
  }
}

function read(text: string, cwd: string): parse.Result {
  try {
    return parse(text, cwd);
  } catch (cause) {
    throw new PrefishError('PREFISH_USAGE', `${JSON.stringify(text)} is no package: ${errorMessage(cause)}`, {
      cause,
    });
  }
}
