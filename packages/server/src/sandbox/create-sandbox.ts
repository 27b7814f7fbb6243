import { findProgram } from '@prefish/processes';
import { PrefishError, type ContainmentPart } from '@prefish/protocol';
import { startBubblewrap } from './bubblewrap.ts';
import { createLimiter } from './limits/limiter.ts';
import { missingBubblewrap, probeBubblewrap, programVersion, type ProbedBubblewrap } from './probe.ts';
import type { Sandbox, SandboxMode } from './sandbox.ts';
import { startUnsandboxed } from './unsandboxed.ts';

/** How tasks are contained. */
export interface SandboxOptions {
  /** `auto` by default. */
  readonly mode?: SandboxMode;
  /** The PATH on which bubblewrap is looked for; the server's own by default. */
  readonly path?: string;
}

/** The sandbox of this machine. Each answer of a probe holds until another bubblewrap is found. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const { mode = 'auto', path = process.env['PATH'] ?? '' } = options;
  const limiter = createLimiter();
  let probed: { version: string; result: Promise<ProbedBubblewrap> } | undefined;

  async function probe(): Promise<ProbedBubblewrap> {
    if (mode === 'none') return { kind: 'none', reason: 'the configuration says sandbox: none' };
    const program = findProgram('bwrap', path);
    if (program === undefined) return missingBubblewrap;
    const version = programVersion(program);
    if (probed?.version !== version) probed = { version, result: probeBubblewrap(program) };
    return probed.result;
  }

  return {
    mode,
    async report() {
      const { kind, reason, hint } = await probe();
      return {
        kind,
        ...(reason === undefined ? {} : { reason }),
        ...(hint === undefined ? {} : { hint }),
      };
    },
    async parts(limits) {
      const filter = describeFilter(await probe());
      return [...(filter === undefined ? [] : [filter]), ...(await limiter.report(limits))];
    },
    async start(kind, request) {
      if (kind === 'none') return limiter.start(kind, request, startUnsandboxed);
      const { program, filtered = false, reason, hint } = await probe();
      if (program === undefined) {
        throw new PrefishError('PREFISH_SANDBOX_MISSING', reason ?? 'no sandbox works here', { hint });
      }
      return limiter.start(kind, request, (limited) => startBubblewrap(program, limited, filtered));
    },
  };
}

function describeFilter({ filtered, unfiltered }: ProbedBubblewrap): ContainmentPart | undefined {
  if (filtered === undefined) return undefined;
  if (filtered) return { part: 'seccomp', ok: true, message: 'system calls are filtered' };
  return {
    part: 'seccomp',
    ok: false,
    message: `tasks may make any system call: ${unfiltered}`,
    fix: 'Run a kernel with CONFIG_SECCOMP_FILTER, on x86-64 or arm64.',
  };
}
