import { missingCapabilities } from './capabilities.ts';

/** Says at the end of a run which tests the machine could not run, and why. */
export function setup(): () => void {
  return () => {
    for (const missing of missingCapabilities()) console.log(`Some tests were skipped: ${missing}.`);
  };
}
