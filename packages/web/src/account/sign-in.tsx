import { errorMessage } from '@prefish/protocol';
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { CommandToCopy } from '../layout/command-to-copy.tsx';
import { navigate } from '../route.ts';
import { following, isSignedOut, sessionEnded, signedIn } from '../server/connection.ts';
import { server } from '../server/server.ts';

/** Why nobody was let in. */
const refusal = signal<string | undefined>(undefined);

// A link that is pasted over the address of the page loads nothing.
addEventListener('hashchange', () => {
  if (location.hash.startsWith('#code=')) void enter();
});

/** The code in the address, taken out of it at once. */
function codeInAddress(): string | undefined {
  const [, code] = /^#code=([\w-]+)$/.exec(location.hash) ?? [];
  if (location.hash.startsWith('#code='))
    history.replaceState(undefined, '', location.pathname + location.search);
  return code;
}

/** Signs in with the code that the page was opened with, or finds out whether this browser is signed in. */
export async function enter(): Promise<void> {
  const until = new AbortController().signal;
  const opened = codeInAddress();
  if (opened !== undefined) {
    try {
      await following(async () => void (await server.signIn(opened)), until);
      signedIn.value = true;
      return;
    } catch (error) {
      refusal.value = errorMessage(error);
    }
  }
  try {
    await following(async () => {
      await server.sessions();
      signedIn.value = true;
    }, until);
  } catch (error) {
    if (!isSignedOut(error)) refusal.value = errorMessage(error);
    signedIn.value = false;
  }
}

/** The door: how to come in, and a place for the code. */
export function SignIn(): JSX.Element {
  const [sending, setSending] = useState(false);
  const submit = async (text: string): Promise<void> => {
    // A whole link is as good as its code, and leads to its task.
    const [, path, inLink] = /^(?:\w+:\/\/[^/]+)?(\/[^#?]*)?[^#]*#code=([\w-]+)/.exec(text.trim()) ?? [];
    const code = inLink ?? text.trim();
    setSending(true);
    try {
      await server.signIn(code);
      refusal.value = undefined;
      if (path !== undefined && path !== '/') navigate(path);
      signedIn.value = true;
    } catch (error) {
      refusal.value = errorMessage(error);
      setSending(false);
    }
  };
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  return (
    <main class="sign-in">
      <p class="brand">prefish</p>
      <h1>{sessionEnded.value ? 'You were signed out' : 'Sign in'}</h1>
      <p>This browser is not signed in. Where you use prefish, this opens the page, signed in:</p>
      <CommandToCopy command="prefish tasks open" />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit(new FormData(event.currentTarget).get('code') as string);
        }}
      >
        <label for="code">Code or link</label>
        <input
          id="code"
          ref={input}
          name="code"
          autocomplete="one-time-code"
          autocapitalize="off"
          spellcheck={false}
          required
          aria-describedby="code-help"
        />
        <button class="primary" disabled={sending}>
          Sign in
        </button>
        <small id="code-help">
          Paste the link of <code>prefish tasks open</code>, or the code that whoever looks after this server
          gave you. Each works once.
        </small>
      </form>
      {refusal.value !== undefined && (
        <p class="callout callout-error" role="alert">
          {refusal.value}
        </p>
      )}
    </main>
  );
}
