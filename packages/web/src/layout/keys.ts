/** What each key does; one that answers `false` leaves it to the browser. */
type Keys = Readonly<Record<string, () => unknown>>;

const registered: Keys[] = [];

/** What steers tasks, or leaves the one that is read: a letter of a word must not do that. */
const steering = /^[xrynpD1-9]$/;
/** So long, in milliseconds, such a letter waits for whether another one follows. */
const pause = 200;
/** Letters that follow one another faster than this, in milliseconds, are being typed. */
const typing = 1000;

let waiting: ReturnType<typeof setTimeout> | undefined;
let typedAt = -Infinity;

/** Takes keys, before those that were registered earlier, until what it returns is called. */
export function registerKeys(keys: Keys): () => void {
  registered.unshift(keys);
  return () => void registered.splice(registered.indexOf(keys), 1);
}

addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const { key } = event;
  const isTyping = (event.target as Element).closest('input, textarea, select') !== null;
  if (isTyping && key !== 'Escape') return;
  if (isTyping) (event.target as HTMLElement).blur();
  if (document.querySelector('dialog[open]') !== null) return;
  // A key that is held down is pressed once; what moves goes on.
  if (event.repeat && steering.test(key)) return;
  const action = actionOf(key);
  if (isOfWord(key, action !== undefined)) return;
  if (action === undefined) return;
  if (!steering.test(key)) {
    if (action() !== false) event.preventDefault();
    return;
  }
  event.preventDefault();
  waiting = setTimeout(() => {
    waiting = undefined;
    actionOf(key)?.();
  }, pause);
});

function actionOf(key: string): (() => unknown) | undefined {
  return registered.find((keys) => Object.hasOwn(keys, key))?.[key];
}

/** Whether a key is a letter among others that are typed to no box: none of them is obeyed. */
function isOfWord(key: string, isKnown: boolean): boolean {
  if (key.length > 1) return false;
  const follows = waiting !== undefined;
  clearTimeout(waiting);
  waiting = undefined;
  const isOne = follows || !isKnown || performance.now() - typedAt < typing;
  // What leads to a box that can be typed to, and what moves, harms nothing.
  if (isOne) typedAt = performance.now();
  return isOne && !(isKnown && key === '/');
}
