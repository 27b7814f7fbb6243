import { endianness } from 'node:os';
import { forbiddenCalls } from './forbidden-calls.ts';

/** An architecture that there is a filter for, as Node calls it. */
export type FilterArch = 'x64' | 'arm64';

/** What differs between the architectures. `audit`: AUDIT_ARCH_* (linux/audit.h). */
const architectures = {
  x64: { audit: 0xc000_003e, socket: 41, socketpair: 53, clone: 56, ioctl: 16, personality: 135 },
  arm64: { audit: 0xc000_00b7, socket: 198, socketpair: 199, clone: 220, ioctl: 29, personality: 92 },
} as const;

/** Calls of the x32 ABI carry this bit; a filter for x86-64 that overlooks it can be walked around (seccomp(2)). */
const x32Bit = 0x4000_0000;
const clone3 = 435;

/** CLONE_NEW* (linux/sched.h): mounts, cgroups, host names, IPC, users, pids, networks. */
const newNamespaces = 0x7e02_0000;
/** AF_UNIX, AF_INET, AF_INET6. All others (vsock, packets, crypto, Bluetooth …) are for programs that rule the machine. */
const families = [1, 2, 10];
const netlink = 16;
/** NETLINK_ROUTE, by which the C library and Node list interfaces, and NETLINK_KOBJECT_UEVENT, on which libudev waits for devices. */
const netlinkProtocols = [0, 15];
/** TIOCSTI types into the terminal of somebody else, TIOCLINUX pastes there (ioctl_tty(2)). */
const terminalTricks = [0x5412, 0x541c];
/** PER_LINUX, PER_LINUX32, UNAME26, ADDR_NO_RANDOMIZE (which sanitizers ask for), and the question what it is. */
const personalities = [0, 0x0008, 0x2_0000, 0x2_0008, 0x4_0000, 0xffff_ffff];

/** What becomes of a call (seccomp(2)), with the numbers of errno(3). */
const verdict = {
  allow: 0x7fff_0000,
  kill: 0x8000_0000,
  notPermitted: 0x0005_0000 | 1,
  noSuchCall: 0x0005_0000 | 38,
  noSuchFamily: 0x0005_0000 | 97,
} as const;

/** Where things are in `struct seccomp_data`: the number of the call, the architecture, the lower half of an argument. */
const field = { number: 0, architecture: 4, argument: (index: number): number => 16 + 8 * index } as const;

/** A classic BPF instruction: `struct sock_filter` (linux/filter.h). Jumps count the instructions to skip. */
type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

const load = (offset: number): Instruction => [0x20, 0, 0, offset];
const answer = (action: number): Instruction => [0x06, 0, 0, action];
const skipUnlessEqual = (value: number, count: number): Instruction => [0x15, 0, count, value];
const skipIfEqual = (value: number, count: number): Instruction => [0x15, count, 0, value];
const skipUnlessAtLeast = (value: number, count: number): Instruction => [0x35, 0, count, value];
const skipUnlessAnyBit = (bits: number, count: number): Instruction => [0x45, 0, count, bits];

/** The architecture of this machine, if there is a filter for it. */
export function filterArch(): FilterArch | undefined {
  return process.platform === 'linux' && endianness() === 'LE' && process.arch in architectures
    ? (process.arch as FilterArch)
    : undefined;
}

/**
 * The seccomp filter of tasks, as bubblewrap's `--seccomp` takes it: what {@link forbiddenCalls} names is
 * refused with EPERM, and so are new namespaces, odd socket families, and typing into terminals. A program
 * of another architecture (32 bits) is killed at its first call.
 *
 * @param tracing whether the task may trace its own processes
 */
export function seccompFilter(arch: FilterArch, tracing: boolean): Buffer {
  const { audit, socket, socketpair, clone, ioctl, personality } = architectures[arch];
  const forbidden = forbiddenCalls
    .filter((group) => !(tracing && group.tracing === true))
    .flatMap(({ calls }) => calls.flatMap((call) => call[arch] ?? []));
  return assemble([
    load(field.architecture),
    skipIfEqual(audit, 1),
    answer(verdict.kill),
    load(field.number),
    ...(arch === 'x64' ? [skipUnlessAtLeast(x32Bit, 1), answer(verdict.noSuchCall)] : []),
    ...forbidden.flatMap((number) => onCall(number, [answer(verdict.notPermitted)])),
    // Its flags are behind a pointer, where no filter looks; libraries fall back to clone.
    ...onCall(clone3, [answer(verdict.noSuchCall)]),
    ...onCall(clone, [
      load(field.argument(0)),
      skipUnlessAnyBit(newNamespaces, 1),
      answer(verdict.notPermitted),
      answer(verdict.allow),
    ]),
    ...[socket, socketpair].flatMap((number) => onCall(number, onlyFamilies())),
    ...onCall(ioctl, [
      load(field.argument(1)),
      ...terminalTricks.flatMap((request) => [skipUnlessEqual(request, 1), answer(verdict.notPermitted)]),
      answer(verdict.allow),
    ]),
    ...onCall(personality, [
      load(field.argument(0)),
      ...personalities.flatMap((one) => [skipUnlessEqual(one, 1), answer(verdict.allow)]),
      answer(verdict.notPermitted),
    ]),
    answer(verdict.allow),
  ]);
}

/** What is done at one call. It has to end with an answer: the number is no longer loaded behind it. */
function onCall(number: number, then: readonly Instruction[]): Instruction[] {
  return [skipUnlessEqual(number, then.length), ...then];
}

function onlyFamilies(): Instruction[] {
  const ofNetlink = [
    load(field.argument(2)),
    ...netlinkProtocols.flatMap((protocol) => [skipUnlessEqual(protocol, 1), answer(verdict.allow)]),
    answer(verdict.noSuchFamily),
  ];
  return [
    load(field.argument(0)),
    ...families.flatMap((family) => [skipUnlessEqual(family, 1), answer(verdict.allow)]),
    skipUnlessEqual(netlink, ofNetlink.length),
    ...ofNetlink,
    answer(verdict.noSuchFamily),
  ];
}

function assemble(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(8 * program.length);
  for (const [index, [code, ifTrue, ifFalse, value]] of program.entries()) {
    const at = 8 * index;
    bytes.writeUInt16LE(code, at);
    bytes.writeUInt8(ifTrue, at + 2);
    bytes.writeUInt8(ifFalse, at + 3);
    bytes.writeUInt32LE(value >>> 0, at + 4);
  }
  return bytes;
}
