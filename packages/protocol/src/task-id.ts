import { randomBytes } from 'node:crypto';

const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789z';

/** What a task id looks like. Safe in a path, a git ref, a URL and a shell word; never a plain number. */
export const taskIdPattern: RegExp = /^t[a-z2-9]{15}$/;

/** A new task id: `t` and a character of 5 random bits for each of 15 bytes. */
export function createTaskId(random: Uint8Array = randomBytes(15)): string {
  return `t${Array.from(random, (byte) => alphabet[byte & 31]).join('')}`;
}
