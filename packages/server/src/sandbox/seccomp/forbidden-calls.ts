/** The number of a system call on each architecture; absent where there is no such call. */
export interface ForbiddenCall {
  readonly name: string;
  readonly x64?: number;
  readonly arm64?: number;
}

/** Calls that no build, test or agent needs, and why a task does not get them. */
export interface ForbiddenGroup {
  readonly reason: string;
  /** What debuggers, tracers and leak checkers do: within a task, to its own processes. */
  readonly tracing?: true;
  readonly calls: readonly ForbiddenCall[];
}

const call = (name: string, x64: number | undefined, arm64: number | undefined = x64): ForbiddenCall => ({
  name,
  ...(x64 !== undefined && { x64 }),
  ...(arm64 !== undefined && { arm64 }),
});

/**
 * What a task may not ask of the kernel, whatever its arguments. Numbers: `asm/unistd_64.h` and
 * `asm-generic/unistd.h` of Linux. The groups are those that Docker's default profile refuses without
 * capabilities, io_uring (which it refuses since 25.0), and the looking into other processes.
 */
export const forbiddenCalls: readonly ForbiddenGroup[] = [
  {
    reason: 'looks into other processes, and changes them',
    tracing: true,
    calls: [
      call('ptrace', 101, 117),
      call('process_vm_readv', 310, 270),
      call('process_vm_writev', 311, 271),
      call('pidfd_getfd', 438),
      call('kcmp', 312, 272),
    ],
  },
  {
    reason: 'changes what is mounted: what is read-only or hidden could be had again',
    calls: [
      call('mount', 165, 40),
      call('umount2', 166, 39),
      call('pivot_root', 155, 41),
      call('open_tree', 428),
      call('move_mount', 429),
      call('fsopen', 430),
      call('fsconfig', 431),
      call('fsmount', 432),
      call('fspick', 433),
      call('mount_setattr', 442),
      call('open_tree_attr', 467),
    ],
  },
  {
    reason: 'makes or enters namespaces, in which a process has capabilities again',
    calls: [call('unshare', 272, 97), call('setns', 308, 268)],
  },
  {
    reason: 'opens a file by its number, past the mounts that hide it',
    calls: [call('open_by_handle_at', 304, 265)],
  },
  {
    reason: 'reaches much of the kernel, and is where most ways out of containers were found',
    calls: [
      call('bpf', 321, 280),
      call('io_uring_setup', 425),
      call('io_uring_enter', 426),
      call('io_uring_register', 427),
      call('perf_event_open', 298, 241),
      call('userfaultfd', 323, 282),
      call('fanotify_init', 300, 262),
    ],
  },
  {
    reason: 'reaches the keys of the kernel, which no namespace divides',
    calls: [call('add_key', 248, 217), call('request_key', 249, 218), call('keyctl', 250, 219)],
  },
  {
    reason: 'rules the machine: its kernel, its clock, its disks, its log',
    calls: [
      call('kexec_load', 246, 104),
      call('kexec_file_load', 320, 294),
      call('init_module', 175, 105),
      call('finit_module', 313, 273),
      call('delete_module', 176, 106),
      call('reboot', 169, 142),
      call('swapon', 167, 224),
      call('swapoff', 168, 225),
      call('acct', 163, 89),
      call('quotactl', 179, 60),
      call('quotactl_fd', 443),
      call('settimeofday', 164, 170),
      call('clock_settime', 227, 112),
      call('syslog', 103, 116),
      call('iopl', 172, undefined),
      call('ioperm', 173, undefined),
    ],
  },
  {
    reason: 'is left over from earlier kernels, and little looked after',
    calls: [
      call('lookup_dcookie', 212, 18),
      call('nfsservctl', 180, 42),
      call('uselib', 134, undefined),
      call('ustat', 136, undefined),
      call('sysfs', 139, undefined),
      call('_sysctl', 156, undefined),
    ],
  },
];
