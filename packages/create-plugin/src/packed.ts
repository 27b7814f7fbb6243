import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PrefishError } from '@prefish/protocol';
import type { TemplateFile } from './template.ts';

/** Where to install each of prefish's packages from, by its name: `file:/…/prefish-core-0.1.0.tgz`. */
export type Packed = Readonly<Record<string, string>>;

interface Manifest {
  readonly devDependencies: Readonly<Record<string, string>>;
}

/**
 * The packages in a folder that `npm run pack` in a clone of prefish has filled.
 *
 * @throws PREFISH_USAGE when it has not
 */
export async function readPacked(folder: string): Promise<Packed> {
  try {
    const tarballs: unknown = JSON.parse(await readFile(join(folder, 'tarballs.json'), 'utf8'));
    return Object.fromEntries(
      Object.entries(tarballs as Record<string, string>).map(([name, file]) => [
        name,
        `file:${join(folder, file)}`,
      ]),
    );
  } catch (cause) {
    throw new PrefishError('PREFISH_USAGE', `There are no packed packages of prefish in ${folder}`, {
      cause,
      hint: '`npm run pack` in a clone of prefish makes them, in its folder packed/.',
    });
  }
}

/** The manifest with what prefish publishes from the tarballs; every other file as it is. */
export function withPacked(file: TemplateFile, packed: Packed): TemplateFile {
  if (file.path !== 'package.json') return file;
  const manifest = JSON.parse(file.text) as Manifest;
  const direct = Object.keys(manifest.devDependencies).filter((name) => packed[name] !== undefined);
  const text = JSON.stringify(
    {
      ...manifest,
      devDependencies: {
        ...manifest.devDependencies,
        ...Object.fromEntries(direct.map((name) => [name, packed[name]])),
      },
      // What these depend on in turn. npm has a direct dependency overridden by its own name only.
      overrides: Object.fromEntries(
        Object.entries(packed).map(([name, spec]) => [name, direct.includes(name) ? `$${name}` : spec]),
      ),
    },
    undefined,
    2,
  );
  return { ...file, text: `${text}\n` };
}
