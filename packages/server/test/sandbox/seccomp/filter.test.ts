import { describe, expect, it } from 'vitest';
import { type FilterArch, seccompFilter } from '../../../src/sandbox/seccomp/filter.ts';

const audit = { x64: 0xc000_003e, arm64: 0xc000_00b7 } as const;
const allowed = 0x7fff_0000;
const errno = (number: number): number => 0x0005_0000 | number;
const [notPermitted, noSuchCall, noSuchFamily] = [errno(1), errno(38), errno(97)];
const killed = 0x8000_0000;

interface Call {
  readonly arch?: number;
  readonly number: number;
  readonly args?: readonly number[];
}

/** What the kernel would do: classic BPF (linux/filter.h), as far as seccomp filters use it. */
function run(filter: Buffer, { arch = audit.x64, number, args = [] }: Call): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(number, 0);
  data.writeUInt32LE(arch, 4);
  for (const [index, value] of args.entries()) data.writeBigUInt64LE(BigInt(value), 16 + 8 * index);
  let loaded = 0;
  for (let at = 0; at < filter.length / 8; at += 1) {
    const [code, value] = [filter.readUInt16LE(8 * at), filter.readUInt32LE(8 * at + 4)];
    const jump = (holds: boolean): number => filter.readUInt8(8 * at + (holds ? 2 : 3));
    if (code === 0x20) loaded = data.readUInt32LE(value);
    else if (code === 0x06) return value;
    else if (code === 0x15) at += jump(loaded === value);
    else if (code === 0x35) at += jump(loaded >= value);
    else if (code === 0x45) at += jump((loaded & value) !== 0);
    else throw new Error(`instruction ${code}`);
  }
  throw new Error('the program ends without an answer');
}

const numbers = {
  x64: { read: 0, ptrace: 101, mount: 165, unshare: 272, clone: 56, socket: 41, ioctl: 16, personality: 135 },
  arm64: {
    read: 63,
    ptrace: 117,
    mount: 40,
    unshare: 97,
    clone: 220,
    socket: 198,
    ioctl: 29,
    personality: 92,
  },
} as const;

describe.each(['x64', 'arm64'] as const)('the filter for %s', (arch: FilterArch) => {
  const call = numbers[arch];
  const filter = seccompFilter(arch, false);
  const answers = (number: number, ...args: number[]): number =>
    run(filter, { arch: audit[arch], number, args });

  it('allows what programs do', () => {
    expect(answers(call.read, 0, 0, 0)).toBe(allowed);
    expect(answers(call.socket, 2, 1, 0)).toBe(allowed);
    expect(answers(call.socket, 16, 3, 0)).toBe(allowed);
    expect(answers(call.clone, 0x3d_0f00)).toBe(allowed);
    expect(answers(call.ioctl, 0, 0x5413)).toBe(allowed);
    expect(answers(call.personality, 0xffff_ffff)).toBe(allowed);
  });

  it('refuses mounts, namespaces, and looking into other processes', () => {
    for (const number of [call.ptrace, call.mount, call.unshare]) expect(answers(number)).toBe(notPermitted);
    for (const flag of [0x2_0000, 0x200_0000, 0x1000_0000, 0x4000_0000]) {
      expect(answers(call.clone, flag | 17)).toBe(notPermitted);
    }
  });

  it('lets a task trace its own processes where it may', () => {
    const tracing = seccompFilter(arch, true);
    expect(run(tracing, { arch: audit[arch], number: call.ptrace })).toBe(allowed);
    expect(run(tracing, { arch: audit[arch], number: call.mount })).toBe(notPermitted);
  });

  it('knows no clone3, and no socket but those of programs', () => {
    expect(answers(435)).toBe(noSuchCall);
    // vsock, packets, crypto, and netlink but that of routes
    for (const [family, protocol] of [
      [40, 0],
      [17, 0],
      [38, 0],
      [16, 12],
    ] as const) {
      expect(answers(call.socket, family, 1, protocol)).toBe(noSuchFamily);
    }
  });

  it('refuses typing into terminals, whatever the upper half of the request says', () => {
    expect(answers(call.ioctl, 0, 0x5412)).toBe(notPermitted);
    expect(answers(call.ioctl, 0, 0x1_0000_5412)).toBe(notPermitted);
    expect(answers(call.personality, 0x0040_0000)).toBe(notPermitted);
  });

  it('kills a program of another architecture', () => {
    expect(run(filter, { arch: 0x4000_0003, number: 11 })).toBe(killed);
  });
});

it('leaves no way around by the x32 ABI', () => {
  expect(run(seccompFilter('x64', true), { number: 0x4000_0000 + 165 })).toBe(noSuchCall);
});
