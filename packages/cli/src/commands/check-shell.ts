import { errorMessage, isPrefishError } from '@prefish/protocol';
import { describeShell } from '@prefish/plugin-shell';
import type { Check } from './doctor.ts';

/** Which shell runs the lines of `!`, and what one of them leaves to the next. */
export function checkShell(env: Readonly<Record<string, string>>): Check {
  const check = 'shell';
  try {
    const { path, lasts, rc } = describeShell(env);
    const read = rc === undefined ? '' : `; at a prompt ${rc} is read once`;
    return { check, ok: true, message: `${path}; a line leaves ${lasts} to the next${read}` };
  } catch (error) {
    const hint = isPrefishError(error) ? error.hint : undefined;
    return { check, ok: false, message: errorMessage(error), ...(hint === undefined ? {} : { fix: hint }) };
  }
}
