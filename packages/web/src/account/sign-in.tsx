import { errorMessage, isPrefishError } from '@prefish/protocol';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { signedIn } from '../server/connection.ts';
import { server } from '../server/server.ts';

/** The code that the page was opened with, taken out of the address at once. */
const opened = /^#code=([\w-]+)$/.exec(location.hash)?.[1];
if (opened !== undefined) history.replaceState(undefined, '', location.pathname);

/** Why the code that the page was opened with did not do. */
let refusal: string | undefined;

/** Signs in with the code that the page was opened with, or finds out whether this browser is signed in. */
export async function enter(): Promise<void> {
  if (opened !== undefined) {
    try {
      await server.signIn(opened);
      signedIn.value = true;
      return;
    } catch (error) {
      refusal = errorMessage(error);
    }
  }
  try {
    await server.sessions();
    signedIn.value = true;
  } catch (error) {
    const out =
      isPrefishError(error) && ['PREFISH_SIGNED_OUT', 'PREFISH_LOGIN_REQUIRED'].includes(error.code);
    if (!out) refusal = errorMessage(error);
    signedIn.value = false;
  }
}

/** The door: how to come in, and a place for the code. */
export function SignIn(): JSX.Element {
  const [problem, setProblem] = useState(refusal);
  const submit = async (text: string): Promise<void> => {
    // A whole link is as good as its code.
    const code = /#code=([\w-]+)/.exec(text)?.[1] ?? text.trim();
    try {
      await server.signIn(code);
      signedIn.value = true;
    } catch (error) {
      setProblem(errorMessage(error));
    }
  };
  return (
    <main class="sign-in">
      <h1>prefish</h1>
      <p>This browser is not signed in. Where you use prefish:</p>
      <pre tabIndex={0}>prefish tasks open</pre>
      <p>
        opens this page, signed in. Its link holds a code that you can paste here, too; so you can a code that
        whoever looks after this server gave you.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit(new FormData(event.currentTarget).get('code') as string);
        }}
      >
        <input
          name="code"
          aria-label="Code"
          placeholder="Code or link"
          autocomplete="one-time-code"
          required
        />
        <button>Sign in</button>
      </form>
      {problem !== undefined && (
        <p class="callout callout-error" role="alert">
          {problem}
        </p>
      )}
    </main>
  );
}
