/** The `!` prefix: a real shell, here. */
export { shell as default, shell } from './plugin.ts';
export { describeShell, type ShellDescription } from './describe-shell.ts';
export type { ShellOptions } from './options.ts';
