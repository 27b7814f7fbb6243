import { type ReadonlySignal, signal } from '@preact/signals';

/** The script of this page, whose name holds a hash of what is in it. */
const own = document.querySelector<HTMLScriptElement>('script[type="module"]')?.src;

const isOld = signal(false);

/** Whether the server has another page by now than the one that is shown. */
export const outdated: ReadonlySignal<boolean> = isOld;

/** Sees whether the server has a newer page: after it was gone, it may be another one. */
export async function checkPageVersion(): Promise<void> {
  if (isOld.value || own === undefined) return;
  const answer = await fetch('/', { cache: 'no-store' }).catch(() => undefined);
  if (answer?.ok !== true) return;
  const [, script] = /<script type="module"[^>]*? src="([^"]+)"/.exec(await answer.text()) ?? [];
  if (script === undefined || new URL(script, location.href).href === own) return;
  isOld.value = true;
  reloadUnseen();
}

/** Loads the new page where nobody sees it and nothing that was typed would be lost. */
function reloadUnseen(): void {
  if (!isOld.value || document.visibilityState === 'visible') return;
  const typed = [...document.querySelectorAll<HTMLInputElement>('textarea, input:not([type="checkbox"])')];
  if (typed.some(({ value }) => value !== '')) return;
  location.reload();
}

document.addEventListener('visibilitychange', reloadUnseen);
