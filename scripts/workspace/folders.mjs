import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top of the clone. */
export const clone = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The Node that the workspace brings along. */
export const node = join(clone, 'node_modules', 'node', 'bin', 'node');

/** The built command. */
export const prefish = join(clone, 'packages', 'cli', 'bin', 'prefish.js');

/** A tool of the workspace, by the name of its command. */
export const tool = (name) => join(clone, 'node_modules', '.bin', name);
