import { readlinkSync, realpathSync, lstatSync } from 'node:fs';

/** A folder of the host that the sandbox shows as it is: bound read-only, or the same symbolic link. */
export interface HostFolder {
  readonly path: string;
  /** Where it points, when it is a symbolic link (`/bin` → `usr/bin`). */
  readonly link?: string;
}

const programs = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/opt',
  '/nix',
  '/gnu',
  '/snap',
];

/** The folders with the host's programs and libraries, as far as they exist here. */
export function hostFolders(): HostFolder[] {
  return programs.flatMap((path) => {
    try {
      return lstatSync(path).isSymbolicLink() ? [{ path, link: readlinkSync(path) }] : [{ path }];
    } catch {
      return [];
    }
  });
}

/** Where daemons listen that have their sockets among the programs: Nix's fetches what it is asked to, and builds it. */
export const hostServices: readonly string[] = ['/nix/var/nix/daemon-socket', '/nix/var/determinate'];

/** The file that `/etc/resolv.conf` leads to, when that is outside `/etc` (systemd-resolved keeps it in `/run`). */
export function resolverFile(): string | undefined {
  try {
    const real = realpathSync('/etc/resolv.conf');
    return real.startsWith('/etc/') ? undefined : real;
  } catch {
    return undefined;
  }
}
