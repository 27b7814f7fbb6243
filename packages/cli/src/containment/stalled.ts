/**
 * Calls `stop` when nothing is left that could still happen in this process: then what runs waits for
 * ever, and Node would end without a word of who it is. Until it is disposed of.
 */
export function whenStalled(stop: () => void): Disposable {
  process.on('beforeExit', stop);
  return { [Symbol.dispose]: () => void process.off('beforeExit', stop) };
}
