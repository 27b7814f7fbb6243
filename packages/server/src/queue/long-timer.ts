/** The longest delay that Node's timers take, in milliseconds; a longer one would fire at once. */
const longest = 2 ** 31 - 1;

/**
 * Calls `callback` after `milliseconds`, however many. The time that the machine sleeps does not
 * count where the system's monotonic clock stops with it. Returns what stops it.
 */
export function startLongTimer(milliseconds: number, callback: () => void): () => void {
  let left = milliseconds;
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const part = Math.min(left, longest);
    left -= part;
    timer = setTimeout(left > 0 ? wait : callback, part);
  };
  wait();
  return () => clearTimeout(timer);
}
