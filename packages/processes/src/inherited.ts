import { openSync, readdirSync, readFileSync } from 'node:fs';

/** `O_CLOEXEC` in `/proc/self/fdinfo` (proc(5)): of Linux on every architecture that Node runs on. */
const closeOnExec = 0o2000000;

let known: readonly number[] | undefined;

/**
 * The descriptors, besides the usual three, that this process was itself started with: of a shell's redirections, of
 * make, of whatever. Of those above 16 Node leaves each open in every process that it starts; its own are none of them.
 */
function inheritedDescriptors(): readonly number[] {
  if (process.platform !== 'linux') return [];
  known ??= readdirSync('/proc/self/fd')
    .map(Number)
    .filter((descriptor) => descriptor > 2 && isPassedOn(descriptor));
  return known;
}

function isPassedOn(descriptor: number): boolean {
  try {
    const info = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1');
    const flags = Number.parseInt(/^flags:\s*([0-7]+)/m.exec(info)?.[1] ?? '', 8);
    return (flags & closeOnExec) === 0;
  } catch {
    // The one that the folder was read by.
    return false;
  }
}

let nothing: number | undefined;

/**
 * The descriptors of a process to be started, in the words of `spawn`, with nothing in the place of what it would
 * inherit: an open folder leads out of every sandbox (openat(2)), and a lock is held for as long as it is open (flock(2)).
 */
export function withoutInherited<Entry>(stdio: readonly Entry[]): (Entry | 'ignore' | number)[] {
  const own: (Entry | 'ignore' | number)[] = [...stdio];
  for (const descriptor of inheritedDescriptors()) {
    if (descriptor < stdio.length) continue;
    while (own.length < descriptor) own.push('ignore');
    own[descriptor] = nothing ??= openSync('/dev/null', 'r');
  }
  return own;
}
