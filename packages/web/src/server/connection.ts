import { isPrefishError } from '@prefish/protocol';
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { checkPageVersion } from './page-version.ts';

/** Whether this browser is signed in; unknown until the server was asked. */
export const signedIn = signal<boolean | undefined>(undefined);

/** Whether this browser was signed in, and then no longer. */
export const sessionEnded = signal(false);

/** How many streams wait for a server that does not answer. */
const waiting = signal(0);

/** Whether everything that follows the server has it. */
export const online: ReadonlySignal<boolean> = computed(() => waiting.value === 0);

const shortestPause = 200;
const longestPause = 4000;

/**
 * Runs something that follows the server again whenever the connection is lost, until it resolves or
 * `until` is aborted. It says itself when the server has `answered`, and goes on where it was, so that
 * nothing is lost and nothing comes twice. Rejects with what the server refuses; a session that is
 * over ends it.
 */
export async function following(
  run: (answered: () => void) => Promise<void>,
  until: AbortSignal,
): Promise<void> {
  let pause = shortestPause;
  let lost = false;
  const setLost = (is: boolean): void => {
    if (lost !== is) waiting.value += is ? 1 : -1;
    lost = is;
  };
  const answered = (): void => {
    pause = shortestPause;
    if (lost) void checkPageVersion();
    setLost(false);
  };
  try {
    while (!until.aborted) {
      try {
        await run(answered);
        return;
      } catch (error) {
        if (until.aborted || isSignedOut(error)) return;
        if (!isPrefishError(error) || error.code !== 'PREFISH_SERVER_UNREACHABLE') throw error;
      }
      setLost(true);
      await wait(pause, until);
      pause = Math.min(pause * 1.6, longestPause);
    }
  } finally {
    setLost(false);
  }
}

/** Notes that the session is over. */
export function isSignedOut(error: unknown): boolean {
  const is = isPrefishError(error) && ['PREFISH_SIGNED_OUT', 'PREFISH_LOGIN_REQUIRED'].includes(error.code);
  if (is) {
    sessionEnded.value = signedIn.value === true;
    signedIn.value = false;
  }
  return is;
}

/** Waits, but not when the machine has just woken up or the page is looked at again. */
function wait(milliseconds: number, until: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      removeEventListener('online', done);
      document.removeEventListener('visibilitychange', done);
      until.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    addEventListener('online', done);
    document.addEventListener('visibilitychange', done);
    until.addEventListener('abort', done);
  });
}
