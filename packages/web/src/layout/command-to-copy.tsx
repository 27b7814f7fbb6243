import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

/** How long it is said that a command was copied, in milliseconds. */
const shown = 2000;

/** A command for the terminal, which a button takes along. */
export function CommandToCopy({ command }: { readonly command: string }): JSX.Element {
  const [said, setSaid] = useState<string>();
  const copy = async (): Promise<void> => {
    // Only pages that came safely may write to the clipboard.
    const copied = await navigator.clipboard?.writeText(command).then(
      () => true,
      () => false,
    );
    setSaid(copied === true ? 'Copied' : 'Select it');
    setTimeout(() => setSaid(undefined), shown);
  };
  return (
    <div class="command">
      <code>{command}</code>
      <button class="quiet" aria-label={`Copy ${command}`} onClick={() => void copy()}>
        {said ?? 'Copy'}
      </button>
      <span class="unseen" role="status">
        {said}
      </span>
    </div>
  );
}
