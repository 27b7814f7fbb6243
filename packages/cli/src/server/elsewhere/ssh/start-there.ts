import { isAbsolute } from 'node:path';
import { PrefishError } from '@prefish/protocol';

/** What comes before the answer, behind whatever the shell there prints when it starts. */
const answerMark = 'prefish-answer:';
const absentMark = 'prefish-absent:';

/**
 * Starts the server of the user there, unless it runs, and prints where it listens: with the prefish that is on the
 * PATH of a login shell, or that `npm run setup` has put in its usual place. Tasks find there what a login shell
 * finds. The folder that XDG_RUNTIME_DIR names goes when the last session of the user ends, and the server stays.
 */
const script = [
  'path=$("${SHELL:-/bin/sh}" -lc "printenv PATH" </dev/null 2>/dev/null | tail -n 1)',
  'PATH=${path:-$PATH}',
  'export PATH',
  'p=$(command -v prefish)',
  '[ -x "$p" ] || p=$HOME/.local/bin/prefish',
  `[ -x "$p" ] || { echo ${absentMark}; exit 0; }`,
  'unset XDG_RUNTIME_DIR',
  `echo ${answerMark}`,
  'exec "$p" daemon start --json </dev/null',
].join('; ');

/** The command for the shell there. All of them, csh and fish too, take one line in single quotes as it is. */
export const startCommand: string = `exec sh -c '${script}'`;

/**
 * The socket of the server there, from what {@link startCommand} printed.
 *
 * @throws PREFISH_SSH_FAILED where there is no prefish, or its server did not start
 */
export function socketThere(
  place: string,
  { code, stdout, said }: { readonly code: number; readonly stdout: string; readonly said: string },
): string {
  if (stdout.includes(absentMark)) {
    throw new PrefishError('PREFISH_SSH_FAILED', `prefish was not found on ${place}`, {
      hint: 'In a clone of prefish there: npm run setup puts it into ~/.local/bin.',
    });
  }
  const [, answer] = stdout.split(`${answerMark}\n`);
  const socket = answer === undefined ? undefined : socketOf(answer);
  if (socket !== undefined) return socket;
  const why = (answer && complaintIn(answer)) || said.split('\n').at(-1) || `exit code ${code}`;
  throw new PrefishError('PREFISH_SSH_FAILED', `The server of prefish on ${place} did not start: ${why}`, {
    hint: `On ${place}: prefish daemon start`,
  });
}

function socketOf(answer: string): string | undefined {
  const socket = parsed(answer)['socket'];
  return typeof socket === 'string' && isAbsolute(socket) ? socket : undefined;
}

function complaintIn(answer: string): string | undefined {
  const message = parsed(answer)['message'];
  return typeof message === 'string' ? message : undefined;
}

function parsed(answer: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(answer) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
