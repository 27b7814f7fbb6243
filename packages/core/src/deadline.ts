/** What {@link within} resolves with when time ran out. */
export const late: unique symbol = Symbol('late');

/** The promise's own end, or `late` after `milliseconds`. Leaves no timer behind. */
export async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T | typeof late> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<typeof late>((resolve) => {
    timer = setTimeout(resolve, milliseconds, late);
  });
  try {
    return await Promise.race([promise, expired]);
  } finally {
    clearTimeout(timer);
  }
}
