import { assert as assertOnce, type IAsyncProperty, type IProperty, type Parameters } from 'fast-check';
export * from 'fast-check';

/** For how many seconds each property looks for new input. Without it, the input is the same each time. */
const seconds = Number(process.env['PREFISH_FUZZ_SECONDS'] ?? 0);
const seed = Number(process.env['PREFISH_FUZZ_SEED'] ?? (seconds > 0 ? Date.now() % 2 ** 31 : 1));
let said = false;

/**
 * fast-check's own, where a run of the tests gives the same answer twice: the input that it makes up comes from
 * one seed, as much of it as `numRuns` says. With `PREFISH_FUZZ_SECONDS` it is new, for that long, from a seed
 * that is printed; `PREFISH_FUZZ_SEED` makes it up again.
 */
export function assert<Ts>(property: IAsyncProperty<Ts>, parameters?: Parameters<Ts>): Promise<void>;
export function assert<Ts>(property: IProperty<Ts>, parameters?: Parameters<Ts>): void;
export function assert<Ts>(
  property: IAsyncProperty<Ts> | IProperty<Ts>,
  parameters: Parameters<Ts> = {},
): Promise<void> | void {
  if (seconds === 0) return assertOnce(property, { seed, ...parameters });
  if (!said) console.log(`PREFISH_FUZZ_SEED=${seed}`);
  said = true;
  return assertOnce(property, {
    ...parameters,
    seed,
    numRuns: Infinity,
    interruptAfterTimeLimit: seconds * 1000,
    markInterruptAsFailure: false,
  });
}
