import type { Color } from './arguments.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether to use colours: what the flag says, else NO_COLOR (https://no-color.org), else FORCE_COLOR, else whether somebody looks. */
export function wantsColor(
  color: Color,
  stream: { readonly isTTY?: boolean },
  env: Environment = process.env,
): boolean {
  if (color !== 'auto') return color === 'always';
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR'] !== undefined) return env['FORCE_COLOR'] !== '0';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}
