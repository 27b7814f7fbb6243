/** Enough to let syncs share the disk's journal, few enough to leave file descriptors. */
const width = 32;

/** `Promise.all` over a function, a bounded number of calls at a time. Results are in the order of the items. */
export async function inParallel<T, R>(
  items: readonly T[],
  run: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await run(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}
