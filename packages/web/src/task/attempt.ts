import { errorMessage, isPrefishError } from '@prefish/protocol';
import { signal } from '@preact/signals';
import { isSignedOut } from '../server/connection.ts';

/** What came of something that was done. */
export interface Said {
  readonly kind: 'done' | 'failed';
  readonly text: string;
  readonly hint?: string;
  /** It failed for want of a server: that one is there again says more. */
  readonly offline?: boolean;
  /** What to run in a terminal. */
  readonly command?: string;
}

/** What the page has to say about the last thing that was done, or could not be. */
export const notice = signal<Said | undefined>(undefined);

/** Does something that may fail, and says so. Resolves with whether it was done. */
export async function attempt(action: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await action();
    if (done !== undefined) notice.value = { kind: 'done', text: done };
    return true;
  } catch (error) {
    if (isSignedOut(error)) return false;
    const { hint, code } = isPrefishError(error) ? error : {};
    const offline = code === 'PREFISH_SERVER_UNREACHABLE';
    notice.value = {
      kind: 'failed',
      text: offline ? 'The server does not answer: this was not done.' : errorMessage(error),
      offline,
      ...(hint !== undefined && { hint }),
    };
    return false;
  }
}
