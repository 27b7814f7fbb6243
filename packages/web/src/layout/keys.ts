type Keys = Readonly<Record<string, () => unknown>>;

const registered: Keys[] = [];

/** Takes keys, before those that were registered earlier, until what it returns is called. */
export function registerKeys(keys: Keys): () => void {
  registered.unshift(keys);
  return () => void registered.splice(registered.indexOf(keys), 1);
}

addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const typing = (event.target as Element).closest('input, textarea, select') !== null;
  if (typing && event.key !== 'Escape') return;
  if (typing) (event.target as HTMLElement).blur();
  if (document.querySelector('dialog[open]') !== null) return;
  const action = registered.find((keys) => Object.hasOwn(keys, event.key))?.[event.key];
  if (action === undefined) return;
  event.preventDefault();
  action();
});
