/** The `!` prefix: a real shell, here. */
export { shell as default, shell } from './plugin.ts';
