import type { JSX } from 'preact';

/** On the machine of the server, each prefish that needs it starts it again. */
const isHere = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(location.hostname);

/** How the server comes back, where somebody can do something about it. */
export const howToReturn = isHere
  ? 'Any prefish command starts the background server again.'
  : 'What was on its way to it was not done.';

/** In place of what the server has not told yet. */
export function Away(): JSX.Element {
  return (
    <p class="empty">
      The server does not answer. Trying again…
      <br />
      {howToReturn}
    </p>
  );
}
