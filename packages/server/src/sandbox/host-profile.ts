import { etcSecrets } from './etc-secrets.ts';
import { hostFolders } from './host-folders.ts';

/** Everything of its own (all namespaces, no capabilities, no terminal), and gone with whoever started it. */
export const isolation: readonly string[] = [
  '--unshare-all',
  '--die-with-parent',
  '--new-session',
  '--cap-drop',
  'ALL',
];

/**
 * What of `/proc` is no process's. Where the server is root, so is the task to the kernel: these would take its writes
 * for the host's (proc(5)), and remove a disk (`scsi`) or have a key press wake the machine (`acpi`).
 */
const kernelSettings = [
  'sys',
  'sysrq-trigger',
  'irq',
  'bus',
  'fs',
  'acpi',
  'scsi',
  'asound',
  'driver',
  'mtrr',
  'dynamic_debug',
  'latency_stats',
  'pressure',
].map((name) => `/proc/${name}`);

/** How many processors there are, and which memory is near: what `lscpu` and numerical libraries read. */
const processors = ['/sys/devices/system/cpu', '/sys/devices/system/node'];

/** What is shown where it is there, read-only. */
function asItIs(path: string): readonly string[] {
  return ['--ro-bind-try', path, path];
}

/** The arguments that give the host's programs. */
export function programs(): string[] {
  return hostFolders().flatMap(({ path, link }) =>
    link === undefined ? ['--ro-bind', path, path] : ['--symlink', link, path],
  );
}

/** The arguments that give the host's programs, `/etc` without its secrets, and otherwise empty folders. */
export function hostProfile(empty: string): string[] {
  const secrets = etcSecrets();
  const args = [...programs(), '--ro-bind', '/etc', '/etc'];
  for (const folder of secrets.folders) args.push('--tmpfs', folder);
  for (const file of secrets.files) args.push('--ro-bind', empty, file);
  args.push(
    '--proc',
    '/proc',
    ...kernelSettings.flatMap(asItIs),
    '--dev',
    '/dev',
    ...processors.flatMap(asItIs),
  );
  args.push('--tmpfs', '/run', '--tmpfs', '/var', '--symlink', '../run', '/var/run');
  return args;
}
