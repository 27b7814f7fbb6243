import { PrefishError, type SubmitTask } from '@prefish/protocol';

/**
 * A request as a server takes it that is not its submitter’s own: nothing of it may name what is on this machine, and it
 * runs in a sandbox.
 *
 * @throws PREFISH_REQUEST_INVALID
 */
export function fromElsewhere(request: SubmitTask): SubmitTask {
  const { unsandboxed: _, carry = [], mounts = [], ...options } = request.options;
  if (carry.length + mounts.length === 0) return { ...request, elsewhere: true, options };
  throw new PrefishError(
    'PREFISH_REQUEST_INVALID',
    `options.${carry.length > 0 ? 'carry' : 'mounts'}: nothing goes along by path to this server`,
    {
      hint: 'A set-up command installs what the line needs.',
    },
  );
}
