/** The `#` prefix: notes for the project's memory file. */
export { memory as default, memory } from './plugin.ts';
export type { MemoryOptions } from './options.ts';
