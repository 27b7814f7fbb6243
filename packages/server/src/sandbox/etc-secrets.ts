import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { isWithinAny } from './paths.ts';

/** What of `/etc` is not shown to tasks, by absolute paths. */
export interface EtcSecrets {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/** What no task has to read, whoever else may: password hashes, sudo's rules, the machine's own keys. */
const known = [
  'shadow',
  'shadow-',
  'gshadow',
  'gshadow-',
  'sudoers',
  'sudoers.d',
  'krb5.keytab',
  'ssl/private',
  'security/opasswd',
  'wireguard',
  'NetworkManager/system-connections',
];
const hostKey = /^ssh_host_.*_key$/;

/** How long what was found counts, in milliseconds: a walk takes some. */
const fresh = 10_000;
let found: (EtcSecrets & { readonly at: number }) | undefined;

/** The files and folders below `/etc` to hide, as they were some seconds ago. */
export function etcSecrets(): EtcSecrets {
  if (found === undefined || performance.now() - found.at > fresh) {
    found = { ...findEtcSecrets('/etc', getuid?.() === 0), at: performance.now() };
  }
  // What is gone cannot be hidden: `passwd` leaves a file for a moment.
  const { files, folders } = found;
  return { files: files.filter(isThere), folders: folders.filter(isThere) };
}

/**
 * The files and folders below a folder like `/etc` to hide.
 *
 * @param isRoot tasks are root to the kernel: what is kept from all other users has to be hidden from them
 */
export function findEtcSecrets(etc: string, isRoot: boolean): EtcSecrets {
  const names = [
    ...known,
    ...namesIn(join(etc, 'ssh')).flatMap((name) => (hostKey.test(name) ? [`ssh/${name}`] : [])),
  ];
  const secrets = names.map((name) => join(etc, name));
  if (isRoot) secrets.push(...unreadable(etc));
  const folders = [...new Set(secrets)].filter((path) => kindOf(path) === 'folder');
  const files = [...new Set(secrets)].filter(
    (path) => kindOf(path) === 'file' && !isWithinAny(path, folders),
  );
  return { files, folders };
}

/** What users without rights cannot read (inode(7)). No link is followed, and nobody looks into a folder that is closed to them. */
function unreadable(folder: string): string[] {
  return namesIn(folder).flatMap((name) => {
    // Not by `join`: for a thousand paths V8 optimises that, and the optimiser is 7 MB of an idle server's memory.
    const path = `${folder}/${name}`;
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory() === true) return (stats.mode & 0o001) === 0 ? [path] : unreadable(path);
    return stats?.isFile() === true && (stats.mode & 0o004) === 0 ? [path] : [];
  });
}

function isThere(path: string): boolean {
  return kindOf(path) !== undefined;
}

function kindOf(path: string): 'file' | 'folder' | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats && (stats.isDirectory() ? 'folder' : 'file');
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
