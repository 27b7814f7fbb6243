import type { TeleportNeeds } from '@prefish/core';
import { PrefishError, type Network, type ServerInfo } from '@prefish/protocol';
import type { SandboxChoice } from '../options.ts';

type Contained = Pick<TeleportNeeds, 'contained'>;

/** Whether a line may run where no sandbox works: what the configuration says, else what its prefix needs. */
export function mayRunUnsandboxed({ contained }: Contained, choice: SandboxChoice): boolean {
  return choice === 'none' || (choice === 'auto' && contained !== true);
}

/**
 * Checks that a line is contained where it runs, or may run uncontained.
 *
 * @throws PREFISH_SANDBOX_MISSING naming the configuration that lets it run all the same
 */
export function checkSandbox(
  needs: Contained,
  choice: SandboxChoice,
  { place, sandbox }: Pick<ServerInfo, 'place' | 'sandbox'>,
): void {
  if (sandbox.kind !== 'none' || mayRunUnsandboxed(needs, choice)) return;
  const reason = sandbox.reason === undefined ? '' : ` (${sandbox.reason})`;
  const why =
    choice === 'bwrap' ? 'the configuration says sandbox: bwrap' : 'this line does not run without one';
  const risk = 'it could then read, change and send whatever you can';
  throw new PrefishError(
    'PREFISH_SANDBOX_MISSING',
    `No sandbox works on ${place}${reason}, and ${why}; nothing was sent`,
    {
      hint: `prefish doctor says how to mend that. “sandbox: none” in your own configuration lets it run without: ${risk}.`,
    },
  );
}

/**
 * The network level of a line, once it is known what contains it. Nothing keeps an uncontained one from any host: a
 * level that only its prefix asked for is given up, as the sandbox was.
 */
export function networkWithout(
  network: Network | undefined,
  isWished: boolean,
  { sandbox }: Pick<ServerInfo, 'sandbox'>,
): Network | undefined {
  return sandbox.kind === 'none' && network !== undefined && !isWished ? 'full' : network;
}
