import { PrefishError } from '@prefish/core';

/**
 * The value of an option that counts something.
 *
 * @throws PREFISH_USAGE when it is no whole number, or below `least`
 */
export function wholeNumber(name: string, value: unknown, least: number): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\d{1,15}$/.test(String(value)) ? Number(value) : Number.NaN;
  if (number >= least) return number;
  throw new PrefishError(
    'PREFISH_USAGE',
    `--${name} takes a whole number from ${least}, not "${String(value)}"`,
  );
}

/**
 * The value of an option that is a time in seconds.
 *
 * @throws PREFISH_USAGE when it is none
 */
export function seconds(name: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}(\.\d+)?$/.test(String(value))) return Number(value);
  throw new PrefishError('PREFISH_USAGE', `--${name} takes seconds, not "${String(value)}"`);
}
