import type { PageSession } from '@prefish/protocol';
import type { JSX } from 'preact';
import { AskingButton } from '../layout/asking-button.tsx';
import { CommandToCopy } from '../layout/command-to-copy.tsx';
import { BackIcon } from '../layout/icon.tsx';
import { onLink } from '../route.ts';
import { server } from '../server/server.ts';
import { attempt } from '../task/attempt.ts';
import { ago } from '../text/elapsed.ts';
import { visibleLabel } from '../text/visible.ts';
import { OwnAccount } from './own-account.tsx';
import { useEntries } from './use-entries.ts';

/** What lets in: logins of programs and browsers that are signed in, and how to end each. */
export function Account(): JSX.Element {
  const { entries = [], load } = useEntries(() => server.sessions());
  const signOut = async ({ id, current }: PageSession): Promise<void> => {
    if (!(await attempt(() => server.signOut(id)))) return;
    // Nothing of what was seen stays in the memory of the page.
    if (current) location.replace('/');
    else await load();
  };
  return (
    <section class="account" aria-labelledby="account-title">
      <a class="back" href="/" onClick={onLink} aria-label="Back to the list">
        <BackIcon />
      </a>
      <h1 id="account-title">Account</h1>
      <OwnAccount />
      <h2 id="browsers">Signed-in browsers</h2>
      <ul aria-labelledby="browsers">
        {entries.map(({ value: session, gone }) => (
          <li key={session.id} class={gone ? 'session session-gone' : 'session'}>
            <div>
              <strong>{browserName(session.browser)}</strong>
              {session.current && <span class="badge">this one</span>}
              <small title={visibleLabel(session.browser)}>
                last used {ago(session.lastUsedAt)} · signed in {ago(session.createdAt)} · stays signed in
                until {dayOf(session.expiresAt)}
              </small>
            </div>
            {gone ? (
              <span class="hint">signed out</span>
            ) : session.current ? (
              <button onClick={() => void signOut(session)}>Sign out</button>
            ) : (
              <AskingButton
                verb="Revoke"
                what={browserName(session.browser)}
                onYes={() => signOut(session)}
              />
            )}
          </li>
        ))}
      </ul>
      <p class="hint">Another browser is signed in by the link of</p>
      <CommandToCopy command="prefish tasks open" />
    </section>
  );
}

function dayOf(at: string): string {
  return new Date(at).toLocaleDateString('en', { day: 'numeric', month: 'long', year: 'numeric' });
}

/** A browser by the name that people know. */
function browserName(agent: string): string {
  const name = /(Firefox|Edg|OPR|Chrome|Safari)\//.exec(agent)?.[1];
  const system = /(Windows|Macintosh|Android|iPhone|iPad|Linux)/.exec(agent)?.[1];
  const known = { Edg: 'Edge', OPR: 'Opera' } as Readonly<Record<string, string>>;
  if (name === undefined) return visibleLabel(agent, 60) || 'Unknown';
  return [known[name] ?? name, system].filter(Boolean).join(' on ');
}
