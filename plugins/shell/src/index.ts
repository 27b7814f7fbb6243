/** The `!` prefix: a real shell, here. */
export { shell as default, shell } from './plugin.ts';
export type { ShellOptions } from './options.ts';
