import { existsSync, readFileSync } from 'node:fs';

/** What tells why a kernel refuses namespaces to bubblewrap: a setting, or nothing where there is none. */
export interface RefusalFacts {
  readonly setting: (name: string) => string | undefined;
  readonly isContainer: boolean;
}

/** Settings of `/proc/sys` that refuse namespaces, by the value that does, and what mends each. */
const refusals: readonly (readonly [name: string, value: string, fix: string])[] = [
  // namespaces(7)
  ['user/max_user_namespaces', '0', 'sysctl -w user.max_user_namespaces=10000'],
  // Of Debian's kernels up to 10.
  ['kernel/unprivileged_userns_clone', '0', 'sysctl -w kernel.unprivileged_userns_clone=1'],
  // Of Ubuntu's from 23.10 on.
  [
    'kernel/apparmor_restrict_unprivileged_userns',
    '1',
    'an AppArmor profile with "userns" for bwrap, or sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
  ],
];

/** What lets bubblewrap make namespaces, as far as this machine tells. */
export function namespaceHint(facts: RefusalFacts = machineFacts()): string {
  const fixes = refusals.flatMap(([name, value, fix]) => (facts.setting(name) === value ? [fix] : []));
  if (facts.isContainer) {
    fixes.push('for a container --security-opt seccomp=unconfined --security-opt apparmor=unconfined');
  }
  if (fixes.length > 0) return `allow user namespaces: ${fixes.join('; ')}`;
  return 'allow user namespaces to bwrap: what refuses them here (SELinux, AppArmor, the unit of a service) is in the log of the kernel';
}

function machineFacts(): RefusalFacts {
  return {
    setting(name) {
      try {
        return readFileSync(`/proc/sys/${name}`, 'utf8').trim();
      } catch {
        return undefined;
      }
    },
    // What Docker and podman put into theirs.
    isContainer: existsSync('/.dockerenv') || existsSync('/run/.containerenv'),
  };
}
