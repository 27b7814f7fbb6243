import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, normalize } from 'node:path';
import { PrefishError, type GrantedMount } from '@prefish/protocol';
import { credentialFiles } from './credential-files.ts';
import { diskReader } from './folder-reader.ts';
import { isWithin } from './paths.ts';

/** Where a home keeps secrets: of ssh, PGP, clouds, clusters, registries, browsers, desktops, and prefish itself. */
const secretFolders = [
  '.ssh',
  '.gnupg',
  '.aws',
  '.azure',
  '.kube',
  '.docker',
  '.password-store',
  '.mozilla',
  '.config/gcloud',
  '.config/gh',
  '.config/glab-cli',
  '.config/google-chrome',
  '.config/chromium',
  '.config/op',
  '.config/prefish',
  '.local/share/keyrings',
  '.local/share/prefish',
  '.local/state/prefish',
  'Library/Keychains',
  'Library/Application Support',
];

/** Folders of a home in which every program keeps what it likes, credentials among it. */
const mixedFolders = ['.config', '.local', '.local/share', '.local/state', 'Library'];

/** Folders of everyone, or of the kernel: what is granted is something below them. */
const wholeFolders = [
  '/',
  '/home',
  '/Users',
  '/root',
  '/etc',
  '/proc',
  '/sys',
  '/dev',
  '/run',
  '/var',
  '/var/run',
  '/tmp',
  '/usr',
];
const kernelFolders = ['/proc', '/sys', '/dev'];

/** Whose grants are checked. */
export interface GrantsOf {
  /** The submitter's home. */
  readonly home: string;
  /** Folders that no task sees: the server's own. */
  readonly hidden: readonly string[];
}

/**
 * Checks what a configuration lets tasks see of the machine: each is there, by an absolute path, and is
 * neither a home or a folder above it, nor one that holds credentials, under this name or where a symbolic
 * link leads.
 *
 * @throws PREFISH_REQUEST_INVALID
 */
export function checkGrantedMounts(mounts: readonly GrantedMount[], { home, hidden }: GrantsOf): void {
  const homes = [...new Set([home, homedir()].flatMap((path) => [path, realPath(path) ?? path]))];
  const secrets = [...homes.flatMap((path) => secretFolders.map((name) => join(path, name))), ...hidden];
  for (const { path } of mounts) {
    const real = realPath(path);
    if (!isAbsolute(path) || normalize(path) !== path) throw refused(path, 'is no absolute, plain path');
    if (real === undefined) throw refused(path, 'is not there');
    for (const name of new Set([path, real])) {
      if (wholeFolders.includes(name) || kernelFolders.some((folder) => isWithin(name, folder))) {
        throw refused(path, 'is a folder of the system');
      }
      if (homes.some((one) => isWithin(one, name))) throw refused(path, 'is a home, or holds one');
      const mixed = homes.some((one) => mixedFolders.some((folder) => name === join(one, folder)));
      if (mixed) throw refused(path, 'is where programs keep credentials');
      const secret = secrets.find((one) => isWithin(name, one) || (isWithin(one, name) && realPath(one)));
      if (secret !== undefined) throw refused(path, `shows ${secret}, where credentials are kept`);
    }
    if (diskReader.kind(real) === 'file' && credentialFiles(join(real, '..'), diskReader).includes(real)) {
      throw refused(path, 'is a file with credentials');
    }
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function refused(path: string, why: string): PrefishError {
  return new PrefishError(
    'PREFISH_REQUEST_INVALID',
    `mounts: ${path} ${why}, so that tasks are not shown it.`,
    {
      hint: 'Take it out of mounts in your prefish.config.yaml, or name something below it.',
    },
  );
}
